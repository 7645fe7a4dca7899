"""What v1.54 changed in behaviour."""

from __future__ import annotations

from engine_api.api.networks import NetworkConnectRequest
from engine_api.api.struct import UNSET
from engine_api.formats.mac_address import is_mac_address
from engine_api.versions.change import Arguments, Change


class ConnectWithAMacAddress(Change):
    """`EndpointConfig.MacAddress` is honoured when a container joins a network; before, it was taken and ignored."""

    version = "1.54"
    operations = ("NetworkConnect",)
    path = "EndpointConfig.MacAddress"
    why = "a client that sets it wants it"

    def lift(self, arguments: Arguments) -> None:
        config = arguments["config"]
        if not isinstance(config, NetworkConnectRequest) or not config.endpoint_config:
            return
        # One that is none is refused all the same (28.5 and 26.1 asked).
        if is_mac_address(config.endpoint_config.mac_address or ""):
            config.endpoint_config.mac_address = UNSET
