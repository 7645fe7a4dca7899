"""What v1.46 changed in behaviour."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from engine_api.api.events import EventMessage
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


class TellOfImagesMade(Change):
    """A build tells an event `create` of each image that it makes, with or without a name; before, there was none."""

    version = "1.46"
    operations = ("SystemEvents",)
    why = "one event more"

    def lower(
        self, result: AsyncIterator[EventMessage], arguments: Mapping[str, object]
    ) -> AsyncIterator[EventMessage]:
        return _without_made_images(result)


async def _without_made_images(events: AsyncIterator[EventMessage]) -> AsyncIterator[EventMessage]:
    try:
        async for event in events:
            if (event.type, event.action) != ("image", "create"):
                yield event
    finally:
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()
