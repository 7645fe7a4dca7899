"""What v1.29 changed in behaviour."""

from __future__ import annotations

from engine_api.versions.change import Change, Scope


class RemoveTheIngressNetwork(Change):
    """The network that publishes ports of services can be removed, and made anew with other settings."""

    version = "1.29"
    operations = ("NetworkDelete",)
    scope = Scope.RELEASE
    why = "what could be removed still can"
