"""Media types of responses."""

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
"""The bytes of a terminal; before v1.42, also frames."""
MULTIPLEXED: Final = "application/vnd.docker.multiplexed-stream"
"""Frames."""


JSON_LINES: Final = "application/jsonl"
NDJSON: Final = "application/x-ndjson"
JSON_SEQUENCE: Final = "application/json-seq"
"""JSON documents that each begin with a record separator (RFC 7464)."""
_LINES_SINCE: Final = Version(1, 52)


def documents_type(version: Version, accept: str | None) -> str:
    """Return the media type of a stream of documents: the one in `Accept`, if that is exactly one supported type, or
    the default of the version.
    """
    if accept in (JSON_LINES, NDJSON, JSON_SEQUENCE):
        return accept
    return JSON_LINES if version >= _LINES_SINCE else JSON


def document_types(version: Version) -> Sequence[str]:
    """Return the supported media types of a stream of documents, the default of the version first."""
    return list(dict.fromkeys((documents_type(version, None), JSON_LINES, NDJSON, JSON_SEQUENCE)))


def write_document(document: bytes, media: str) -> bytes:
    """Return a document, which ends with a newline, as one of a stream of a media type."""
    return b"\x1e" + document if media == JSON_SEQUENCE else document


def output_type(tty: bool) -> str:
    """Return the media type of the output of a process, by whether the process has a terminal."""
    return RAW if tty else MULTIPLEXED
