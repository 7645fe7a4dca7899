"""What a path in a container is, in a header: JSON in base64."""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec

from engine_api.api.containers import ContainerPathStat

__all__ = ["PATH_STAT", "decode_path_stat", "encode_path_stat"]

PATH_STAT: Final = "X-Docker-Container-Path-Stat"
"""The header's name."""


def encode_path_stat(stat: ContainerPathStat) -> str:
    """The header's value."""
    return base64.b64encode(msgspec.json.encode(stat)).decode()


def decode_path_stat(value: str) -> ContainerPathStat:
    """What the header says.

    Raises:
        ValueError: it is malformed.
    """
    try:
        return msgspec.json.decode(base64.b64decode(value), type=ContainerPathStat)
    except (binascii.Error, msgspec.DecodeError) as error:
        raise ValueError(f"malformed {PATH_STAT} header: {error}") from None
