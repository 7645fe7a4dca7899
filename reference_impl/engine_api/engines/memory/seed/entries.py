"""An entry of a compose file, with where it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from engine_api.api.errors import InvalidParameter
from engine_api.engines.memory.machine.durations import parse_duration
from engine_api.engines.memory.seed.document import SeedError
from engine_api.formats.json import Json

__all__ = ["Entry"]

_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """A value with its place; each method reads it as something, and says where it is not."""

    value: Json
    place: str
    source: str

    def error(self, problem: str) -> SeedError:
        """What is to be raised for it."""
        return SeedError(self.source, self.place, problem)

    def at(self, key: str, value: Json) -> Entry:
        """An entry below it."""
        return Entry(value, f"{self.place}.{key}" if self.place else key, self.source)

    def mapping(self, known: Collection[str] | None = None) -> dict[str, Entry]:
        """The entries of a mapping; empty for nothing. Keys that begin with `x-` are ignored.

        Args:
            known: the keys that it may have. Default: any.
        """
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.error("it is no mapping")
        found = {}
        for key, value in self.value.items():
            if not isinstance(key, str):
                raise self.error(f"the key {key!r} is no text")
            if known is not None and key not in known and not key.startswith("x-"):
                raise self.at(key, value).error("it is not known")
            if known is None or not key.startswith("x-"):
                found[key] = self.at(key, value)
        return found

    def items(self) -> list[Entry]:
        """The entries of a list; a single value is a list of one."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            return [self]
        return [Entry(value, f"{self.place}[{number}]", self.source) for number, value in enumerate(self.value)]

    def text(self) -> str:
        """A text, or a number or truth value as a text."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        if isinstance(self.value, str | int | float):
            return str(self.value)
        raise self.error("it is no text")

    def texts(self) -> list[str]:
        """A list of texts."""
        return [item.text() for item in self.items()]

    def boolean(self) -> bool:
        """True or false."""
        if isinstance(self.value, bool):
            return self.value
        if self.value in ("true", "false", "yes", "no", "on", "off"):
            return self.value in ("true", "yes", "on")
        raise self.error("it is neither true nor false")

    def integer(self) -> int:
        """A whole number."""
        if not isinstance(self.value, bool) and re.fullmatch(r"-?\d+", str(self.value)):
            return int(self.value)
        raise self.error("it is no whole number")

    def billionths(self) -> int:
        """A number, in billionths."""
        try:
            return int(float(self.text()) * 1e9)
        except ValueError:
            raise self.error("it is no number") from None

    def size(self) -> int:
        """Bytes, of a number or of one such as `64m`."""
        found = _SIZE.fullmatch(self.text())
        if found is None:
            if self.text() == "-1":
                return -1
            raise self.error("it is no size, such as 64m")
        return int(float(found[1]) * 1024 ** "_kmgt".index(found[2].lower() or "_"))

    def nanoseconds(self) -> int:
        """A duration such as `1m30s`."""
        try:
            return parse_duration(self.text())
        except InvalidParameter as error:
            raise self.error(error.message) from None

    def pairs(self, separators: str = "=") -> dict[str, str | None]:
        """Names with their values, of a mapping or of a list of `NAME=VALUE`; None for no value.

        Args:
            separators: what may stand between them in a list.
        """
        if isinstance(self.value, dict):
            return {key: None if one.value is None else one.text() for key, one in self.mapping().items()}
        found: dict[str, str | None] = {}
        for item in self.items():
            name, *rest = re.split(f"[{re.escape(separators)}]", item.text(), maxsplit=1)
            found[name] = rest[0] if rest else None
        return found

    def strings(self) -> dict[str, str]:
        """Names with their values, of which an absent one is empty."""
        return {name: value or "" for name, value in self.pairs().items()}

    def words(self) -> list[str] | None:
        """A command: a list, or a text that is split as a shell does; None for nothing said."""
        if self.value is None:
            return None
        if isinstance(self.value, list):
            return self.texts()
        try:
            return shlex.split(self.text())
        except ValueError as error:
            raise self.error(f"it is no command: {error}") from None
