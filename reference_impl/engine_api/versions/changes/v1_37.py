"""What v1.37 changed."""

from __future__ import annotations

from collections.abc import Mapping

from engine_api.api.configs import ConfigSpec
from engine_api.api.errors import InvalidParameter
from engine_api.api.secrets import SecretSpec
from engine_api.versions.change import Change, Scope


class KnowSecretTemplating(Change):
    """`Templating` of a new secret is known; before, it was refused."""

    version = "1.37"
    operations = ("SecretCreate",)
    path = "Templating"
    why = "what was accepted still is"
    why_back = "it is refused"

    def refuse(self, arguments: Mapping[str, object]) -> None:
        spec = arguments["spec"]
        if isinstance(spec, SecretSpec) and spec.templating:
            raise InvalidParameter(f"secret templating is not supported on the specified API version: {self.asked}")


class KnowConfigTemplating(Change):
    """`Templating` of a new config is known; before, it was refused."""

    version = "1.37"
    operations = ("ConfigCreate",)
    path = "Templating"
    why = "what was accepted still is"
    why_back = "it is refused"

    def refuse(self, arguments: Mapping[str, object]) -> None:
        spec = arguments["spec"]
        if isinstance(spec, ConfigSpec) and spec.templating:
            raise InvalidParameter(f"config templating is not supported on the specified API version: {self.asked}")


class SpeakSctp(Change):
    """Ports may be of SCTP: `80/sctp`."""

    version = "1.37"
    operations = (
        "ContainerCreate",
        "ServiceCreate",
    )
    scope = Scope.RELEASE
    why = "what was accepted still is"
    paths = (("ContainerCreate", "ExposedPorts"), ("ServiceCreate", "EndpointSpec.Ports[].Protocol"))
