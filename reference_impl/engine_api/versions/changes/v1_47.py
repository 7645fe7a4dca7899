"""What v1.47 changed in behaviour."""

from __future__ import annotations

from engine_api.versions.change import Change, Effect, Scope


class WarnLessOfBridges(Change):
    """Info no longer warns that bridged packets pass the firewall."""

    version = "1.47"
    operations = ("SystemInfo",)
    scope = Scope.RELEASE
    why = "a warning less"
    back = Effect.COMPATIBLE
    why_back = "a warning more"
    path = "Warnings"
