"""The header that describes a path in a container: JSON in base64."""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec

from engine_api.api.containers import ContainerPathStat

__all__ = ["PATH_STAT", "decode_path_stat", "encode_path_stat"]

PATH_STAT: Final = "X-Docker-Container-Path-Stat"
"""The name of the header."""


def encode_path_stat(stat: ContainerPathStat) -> str:
    """Return the value of the header."""
    return base64.b64encode(msgspec.json.encode(stat)).decode()


def decode_path_stat(value: str) -> ContainerPathStat:
    """Return the description in the value of the header.

    Raises:
        ValueError: the value is malformed.
    """
    try:
        return msgspec.json.decode(base64.b64decode(value), type=ContainerPathStat)
    except (binascii.Error, msgspec.DecodeError) as error:
        raise ValueError(f"malformed {PATH_STAT} header: {error}") from None
