"""The layout of archives of images: media types, annotations, and where a blob is."""

from __future__ import annotations

from typing import Final

__all__ = ["INDEX_TYPE", "NAME", "blob_path"]

INDEX_TYPE: Final = "application/vnd.oci.image.index.v1+json"
NAME: Final = "io.containerd.image.name"
"""The annotation that has the full name of an image."""


def blob_path(digest: str) -> str:
    """Return the path of the blob that has a digest."""
    return f"blobs/{digest.replace(':', '/')}"
