"""Filters, as the engine takes them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from engine_api.api.errors import InternalError, InvalidParameter

__all__ = ["boolean", "check_keys", "labels_match", "moment", "name_matches", "pattern_matches", "port_numbers"]

_SECONDS: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_DURATION: Final = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+")
_DATE: Final = re.compile(r"\d{4}-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[-+]\d\d:\d\d)?)?)?")
_UNITS: Final = {"ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9}


def check_keys(filters: Mapping[str, Sequence[str]] | None, known: Collection[str]) -> dict[str, list[str]]:
    """The filters as a dictionary.

    Raises:
        InvalidParameter: a key is unknown.
    """
    for key in filters or {}:
        if key not in known:
            raise InvalidParameter(f"invalid filter '{key}'")
    return {key: list(values) for key, values in (filters or {}).items()}


def labels_match(wanted: Sequence[str], labels: Mapping[str, str]) -> bool:
    """Whether all of `KEY` and `KEY=VALUE` hold."""
    for text in wanted:
        key, equals, value = text.partition("=")
        if key not in labels or (equals and labels[key] != value):
            return False
    return True


def name_matches(patterns: Sequence[str], name: str) -> bool:
    """Whether one of the expressions is found in a name, which is tried with and without its slash."""
    for pattern in patterns:
        try:
            if re.search(pattern, name) or re.search(pattern, f"/{name}") or pattern == name:
                return True
        except re.error:
            continue
    return False


def pattern_matches(pattern: str, text: str) -> bool:
    """Whether a pattern of file names fits, where `*` stops at slashes."""
    if pattern.count("/") != text.count("/"):
        return False
    return all(fnmatch.fnmatchcase(b, a) for a, b in zip(pattern.split("/"), text.split("/"), strict=True))


def boolean(key: str, values: Sequence[str]) -> bool:
    """The value of a filter that is true or false.

    Raises:
        InvalidParameter: it is neither.
    """
    words = {"1": True, "true": True, "True": True, "t": True, "0": False, "false": False, "False": False, "f": False}
    if len(values) != 1 or values[0] not in words:
        shown = " ".join(values)
        raise InvalidParameter(f"invalid filter '{key}=[{shown}]'")
    return words[values[0]]


def moment(text: str, now: int) -> int:
    """A time in nanoseconds since 1970: Unix seconds, RFC 3339 or the beginning of it, or a duration before `now`.

    Raises:
        InvalidParameter: it is none of them.
    """
    if _SECONDS.fullmatch(text):
        seconds, _, fraction = text.partition(".")
        return int(seconds) * 1_000_000_000 + int((fraction + "0" * 9)[:9])
    if _DURATION.fullmatch(text):
        total = sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([0-9.]+)([a-zµ]+)", text))
        return now - int(-total if text.startswith("-") else total)
    if _DATE.fullmatch(text):
        missing = "0000-01-01T00:00:00"[len(text) :] if len(text) < 19 else ""
        try:
            when = datetime.fromisoformat(text + missing)
        except ValueError as error:
            raise InvalidParameter(f'parsing time "{text}": {error}') from None
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return int(when.timestamp() * 1_000_000) * 1000
    raise InvalidParameter(f'failed to parse value as time or duration: invalid seconds "{text}": invalid syntax')


def port_numbers(key: str, values: Sequence[str]) -> set[tuple[int, str]]:
    """The ports that `PORT`, `FIRST-LAST`, each with or without `/PROTOCOL`, stand for, with their protocols.

    Raises:
        InternalError: one is none.
    """
    found: set[tuple[int, str]] = set()
    for value in values:
        numbers, _, protocol = value.partition("/")
        failed = f"error while looking up for {key} {value}: "
        if not numbers:
            raise InternalError(f"{failed}invalid port range: value is empty")
        ends = []
        for end, part in zip(("start", "end"), numbers.split("-", 1), strict=False):
            if not (part.isascii() and part.isdecimal()):
                problem = "invalid syntax" if part else "value is empty"
                raise InternalError(f"{failed}invalid {end} port '{part}': {problem}")
            if int(part) > 65535:
                raise InternalError(f"{failed}invalid {end} port '{part}': value out of range")
            ends.append(int(part))
        if ends[-1] < ends[0]:
            raise InternalError(f"{failed}Invalid range specified for the Port: {numbers}")
        found.update((number, protocol or "tcp") for number in range(ends[0], ends[-1] + 1))
    return found
