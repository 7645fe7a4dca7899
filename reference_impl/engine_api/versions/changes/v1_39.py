"""What v1.39 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine_api.api.system import SystemInfo
from engine_api.versions.change import Change, Effect, Scope


class LeaveUnknownEmpty(Change):
    """`KernelVersion` and `OperatingSystem` are empty when the engine cannot tell them; before, they were
    `<unknown>`.
    """

    version = "1.39"
    operations = ("SystemInfo",)
    effect = Effect.BREAKING
    why = "a client that looks for <unknown> finds an empty text"
    paths = (("SystemInfo", "KernelVersion"), ("SystemInfo", "OperatingSystem"))

    def lower(self, result: SystemInfo, arguments: Mapping[str, object]) -> SystemInfo:
        return msgspec.structs.replace(
            result,
            kernel_version=result.kernel_version or "<unknown>",
            operating_system=result.operating_system or "<unknown>",
        )


class OpenSessionsAlways(Change):
    """A session can be opened on every engine; before, only with experimental features on."""

    version = "1.39"
    operations = ("Session",)
    scope = Scope.RELEASE
    why = "what was answered still is"
