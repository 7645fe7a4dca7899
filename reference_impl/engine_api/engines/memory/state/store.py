"""What a store of states is: documents, the lines of logs, and contents by their digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Changes", "Key", "MemoryStore", "Store"]

Key = tuple[str, str]
"""The kind of a document, such as `container`, and its name among those."""


@dataclass
class Changes:
    """What is to be written, all of it or nothing."""

    documents: dict[Key, bytes] = field(default_factory=dict)
    """New and changed ones."""
    gone: set[Key] = field(default_factory=set)
    contents: dict[bytes, bytes] = field(default_factory=dict)
    """New ones, by their SHA-256."""
    lines: list[tuple[str, int, bytes]] = field(default_factory=list)
    """New lines of logs: whose, the how manieth, and the line."""

    def __bool__(self) -> bool:
        return bool(self.documents or self.gone or self.contents or self.lines)


class Store(Protocol):
    """Keeps states."""

    def documents(self) -> Iterable[tuple[Key, bytes]]:
        """Every document, oldest first; one that was changed keeps its place."""
        ...

    def digests(self) -> set[bytes]:
        """Of every content that there is."""
        ...

    def content(self, digest: bytes) -> bytes:
        """A content.

        Raises:
            KeyError: there is none of that digest.
        """
        ...

    def lines(self, name: str) -> Iterable[bytes]:
        """The lines of a log."""
        ...

    def write(self, changes: Changes) -> None:
        """Write changes: all, or none if it fails. With a document of a kind `container` go the lines of its log."""
        ...

    def forget(self, contents: Iterable[bytes]) -> None:
        """Remove contents that no document needs."""
        ...


class MemoryStore:
    """A store in memory."""

    def __init__(self) -> None:
        self._documents: dict[Key, bytes] = {}
        self._contents: dict[bytes, bytes] = {}
        self._lines: dict[str, list[bytes]] = {}

    def documents(self) -> Iterable[tuple[Key, bytes]]:
        """Every document, oldest first."""
        return list(self._documents.items())

    def digests(self) -> set[bytes]:
        """Of every content that there is."""
        return set(self._contents)

    def content(self, digest: bytes) -> bytes:
        """A content."""
        return self._contents[digest]

    def lines(self, name: str) -> Iterable[bytes]:
        """The lines of a log."""
        return self._lines.get(name, [])

    def write(self, changes: Changes) -> None:
        """Write changes."""
        self._documents |= changes.documents
        self._contents |= changes.contents
        for kind, name in changes.gone:
            self._documents.pop((kind, name), None)
            if kind == "container":
                self._lines.pop(name, None)
        for name, _, line in changes.lines:
            self._lines.setdefault(name, []).append(line)

    def forget(self, contents: Iterable[bytes]) -> None:
        """Remove contents that no document needs."""
        for digest in contents:
            self._contents.pop(digest, None)
