"""Filters, as the engine takes them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection, Mapping, Sequence

from engine_api.api.errors import InvalidParameter, SystemError

__all__ = ["boolean", "check_keys", "labels_match", "name_matches", "pattern_matches", "port_numbers"]


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
        shown = ", ".join(f'"{value}"' for value in values)
        raise InvalidParameter(f"invalid filter '{key}=[{shown}]'")
    return words[values[0]]


def port_numbers(key: str, values: Sequence[str]) -> set[tuple[int, str]]:
    """The ports that `PORT`, `FIRST-LAST`, each with or without `/PROTOCOL`, stand for, with their protocols.

    Raises:
        SystemError: one is none.
    """
    found: set[tuple[int, str]] = set()
    for value in values:
        numbers, _, protocol = value.partition("/")
        failed = f"error while looking up for {key} {value}: "
        if not numbers:
            raise SystemError(f"{failed}Empty string specified for ports.")
        ends = []
        for part in numbers.split("-", 1):
            if not (part.isascii() and part.isdecimal()):
                raise SystemError(f'{failed}strconv.ParseUint: parsing "{part}": invalid syntax')
            if int(part) > 65535:
                raise SystemError(f'{failed}strconv.ParseUint: parsing "{part}": value out of range')
            ends.append(int(part))
        if ends[-1] < ends[0]:
            raise SystemError(f"{failed}Invalid range specified for the Port: {numbers}")
        found.update((number, protocol or "tcp") for number in range(ends[0], ends[-1] + 1))
    return found
