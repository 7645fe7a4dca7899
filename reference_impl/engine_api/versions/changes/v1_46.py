"""What v1.46 changed in behaviour."""

from __future__ import annotations

from engine_api.versions.change import Change


class SetSysctlsOfEndpoints(Change):
    """The option `com.docker.network.endpoint.sysctls` of an endpoint sets kernel parameters of its interface, whose
    name is written `IFNAME`. Such ones of `eth0` among the container's `Sysctls` are moved there.
    """

    version = "1.46"
    operations = (
        "ContainerCreate",
        "NetworkConnect",
    )
    why = "what was accepted still is"
    paths = (
        ("ContainerCreate", "NetworkingConfig.EndpointsConfig{}.DriverOpts"),
        ("NetworkConnect", "EndpointConfig.DriverOpts"),
    )
