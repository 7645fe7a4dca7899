"""Versions of the API, and the marks that tie a name to some of them.

A name without marks exists in every version. `Since`, `Until` and `Deprecated` are written into `Annotated` types of
fields and parameters, and into `OneOf` values and operations as arguments; both ends are inclusive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import total_ordering
from typing import get_args

from engine_api.api.releases import RELEASES, Release

__all__ = [
    "NEWEST",
    "OLDEST",
    "VERSIONS",
    "Deprecated",
    "OneOf",
    "Several",
    "Since",
    "Span",
    "Until",
    "Value",
    "Version",
    "deprecation_of",
    "span_of",
    "speaking",
]

_PATTERN = re.compile(r"v?(\d+)\.(\d+)")


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version of the API, such as 1.44; ordered by its numbers."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read `1.44` or `v1.44`.

        Raises:
            ValueError: the text is no version.
        """
        match = _PATTERN.fullmatch(text)
        if match is None:
            raise ValueError(f"not an API version: {text!r}")
        return cls(int(match[1]), int(match[2]))

    def __lt__(self, other: Version) -> bool:
        return (self.major, self.minor) < (other.major, other.minor)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST = Version(1, 24)
"""The oldest version that this project describes."""

NEWEST = max(Version.parse(release.maximum) for release in RELEASES)
"""The newest version, which the API without a version stands for."""

VERSIONS: tuple[Version, ...] = tuple(Version(1, minor) for minor in range(OLDEST.minor, NEWEST.minor + 1))
"""Every version, oldest first."""


def speaking(version: Version) -> list[Release]:
    """The releases that serve a version."""
    return [one for one in RELEASES if Version.parse(one.minimum) <= version <= Version.parse(one.maximum)]


@dataclass(frozen=True, slots=True)
class Span:
    """The versions in which a name exists, both ends inclusive."""

    since: Version = OLDEST
    until: Version = NEWEST

    def __contains__(self, version: object) -> bool:
        return isinstance(version, Version) and self.since <= version <= self.until

    @classmethod
    def of(cls, since: str | None = None, until: str | None = None) -> Span:
        """The span from `since` to `until`; None leaves an end open."""
        return cls(Version.parse(since) if since else OLDEST, Version.parse(until) if until else NEWEST)


class Since:
    """Marks a field or parameter that came with a version."""

    __slots__ = ("version",)

    def __init__(self, version: str) -> None:
        self.version = Version.parse(version)


class Until:
    """Marks a field or parameter whose last version this is."""

    __slots__ = ("version",)

    def __init__(self, version: str) -> None:
        self.version = Version.parse(version)


class Several:
    """Marks a list of which versions before this one take a single item."""

    __slots__ = ("version",)

    def __init__(self, version: str) -> None:
        self.version = Version.parse(version)


class Deprecated:
    """Marks a field or parameter that a version deprecated: it is still there, but a later one may lack it."""

    __slots__ = ("version",)

    def __init__(self, version: str) -> None:
        self.version = Version.parse(version)


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values that a text may have, and the versions that know it."""

    value: str
    doc: str = ""
    since: str | None = None
    until: str | None = None
    deprecated: str | None = None
    """The version that deprecated it."""

    @property
    def span(self) -> Span:
        """The versions that know the value."""
        return Span.of(self.since, self.until)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a text whose values are known. An engine may send others: they are kept as they are."""

    values: tuple[Value, ...] = field(default=())

    def __init__(self, *values: Value | str) -> None:
        object.__setattr__(self, "values", tuple(v if isinstance(v, Value) else Value(v) for v in values))


def span_of(annotation: object) -> Span:
    """The versions of a field or parameter, by the marks in its `Annotated` type."""
    since, until = OLDEST, NEWEST
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Since):
            since = mark.version
        elif isinstance(mark, Until):
            until = mark.version
    if since is OLDEST and until is NEWEST:
        # `Annotated` inside a union, as in `Annotated[str, Since("1.30")] | UnsetType`.
        for part in get_args(annotation):
            if hasattr(part, "__metadata__"):
                return span_of(part)
    return Span(since, until)


def deprecation_of(annotation: object) -> Version | None:
    """The version that deprecated a field or parameter, by the marks in its `Annotated` type."""
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Deprecated):
            return mark.version
    for part in get_args(annotation):
        if hasattr(part, "__metadata__"):
            return deprecation_of(part)
    return None
