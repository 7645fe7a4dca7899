"""Media types of answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine_api.api.versions import Version

__all__ = [
    "JSON",
    "JSON_LINES",
    "JSON_SEQUENCE",
    "MULTIPLEXED",
    "NDJSON",
    "OCTETS",
    "RAW",
    "TAR",
    "document_types",
    "documents_type",
    "output_type",
    "write_document",
]

JSON: Final = "application/json"
TAR: Final = "application/x-tar"
OCTETS: Final = "application/octet-stream"
RAW: Final = "application/vnd.docker.raw-stream"
"""A terminal's bytes; before v1.42 also frames."""
MULTIPLEXED: Final = "application/vnd.docker.multiplexed-stream"
"""Frames."""


JSON_LINES: Final = "application/jsonl"
NDJSON: Final = "application/x-ndjson"
JSON_SEQUENCE: Final = "application/json-seq"
"""Documents that each begin with a record separator, as RFC 7464 has it."""
_LINES_SINCE: Final = Version(1, 52)


def documents_type(version: Version, accept: str | None) -> str:
    """The type of documents as they come, where the client can choose it: exactly one of those that there are, or
    what its version has.
    """
    if accept in (JSON_LINES, NDJSON, JSON_SEQUENCE):
        return accept
    return JSON_LINES if version >= _LINES_SINCE else JSON


def document_types(version: Version) -> Sequence[str]:
    """The types that there are for such documents, the version's own first."""
    return list(dict.fromkeys((documents_type(version, None), JSON_LINES, NDJSON, JSON_SEQUENCE)))


def write_document(document: bytes, media: str) -> bytes:
    """A document, which ends with a newline, as one of many of a type."""
    return b"\x1e" + document if media == JSON_SEQUENCE else document


def output_type(tty: bool) -> str:
    """The type of a process's output, by whether it has a terminal."""
    return RAW if tty else MULTIPLEXED
