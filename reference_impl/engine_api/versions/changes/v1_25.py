"""What v1.25 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine_api.api.system import SystemInfo
from engine_api.versions.change import Change, Effect


class DescribeSecurityOptions(Change):
    """Each entry of `SecurityOptions` is a list of `key=value` pairs, such as `name=seccomp,profile=builtin`;
    before, it was the bare name of the option.
    """

    version = "1.25"
    operations = ("SystemInfo",)
    effect = Effect.BREAKING
    why = "a client that compares an entry with a name finds none"
    path = "SecurityOptions"

    def lower(self, answer: SystemInfo, arguments: Mapping[str, Any]) -> SystemInfo:
        options = answer.security_options
        if not isinstance(options, list):
            return answer
        return msgspec.structs.replace(answer, security_options=[_name(option) for option in options])


def _name(option: str) -> str:
    pairs = dict(pair.partition("=")[::2] for pair in option.split(","))
    return pairs.get("name", option)
