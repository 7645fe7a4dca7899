"""What v1.36 changed in behaviour."""

from __future__ import annotations

from engine_api.versions.change import Change, Scope


class TellTheEndOfExecs(Change):
    """An event `exec_die` tells when an exec ends, with its exit code."""

    version = "1.36"
    operations = ("SystemEvents",)
    scope = Scope.RELEASE
    why = "one event more"
    path = "Action"
