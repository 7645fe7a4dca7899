"""The values of `ARG` instructions: those of the Dockerfile, and those that a build was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

__all__ = ["Arguments"]

_KNOWN: Final = frozenset(
    name for one in ("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy") for name in (one, one.upper())
)
"""Arguments that need no `ARG`, and count in no cache."""


class Arguments:
    """The arguments of a build."""

    def __init__(self, given: Mapping[str, str | None]) -> None:
        self._given = given
        self._before: dict[str, str | None] = {}
        self._declared: dict[str, str | None] = {}
        self._used: set[str] = set()

    def begin_stage(self) -> None:
        """Forget what the stage before declared."""
        self._declared = {}

    def declare(self, name: str, value: str | None) -> None:
        """An `ARG` of a stage."""
        self._declared[name] = value
        self._used.add(name)

    def declare_before(self, name: str, value: str | None) -> None:
        """An `ARG` before the first stage."""
        self._before[name] = value
        self._used.add(name)

    def _value(self, name: str, declared: Mapping[str, str | None]) -> str | None:
        for value in (self._given.get(name), declared.get(name), self._before.get(name)):
            if value is not None:
                return value
        return None

    def before(self) -> dict[str, str]:
        """What is known before the first stage, and in `FROM`."""
        return self._all(self._before)

    def _all(self, declared: Mapping[str, str | None]) -> dict[str, str]:
        found = {name: self._value(name, declared) for name in {*declared, *_KNOWN}}
        return {name: value for name, value in sorted(found.items()) if value is not None}

    def within(self, env: Iterable[str]) -> dict[str, str]:
        """What a stage knows, but for the names in its environment."""
        names = {entry.partition("=")[0] for entry in env}
        return {name: value for name, value in self._all(self._declared).items() if name not in names}

    def noted(self, values: Mapping[str, str]) -> list[str]:
        """The arguments that count in the cache, in front of a command: `|2 A=1 B=2`; nothing if there are none."""
        entries = [f"{name}={value}" for name, value in values.items() if name not in _KNOWN or name in self._declared]
        return [f"|{len(entries)}", *entries] if entries else []

    def unused(self) -> list[str]:
        """What was given and never declared."""
        return sorted(name for name in self._given if name not in self._used and name not in _KNOWN)
