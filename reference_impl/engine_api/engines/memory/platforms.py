"""Platforms: what images are made for."""

from __future__ import annotations

from typing import Any

import msgspec

from engine_api.api.descriptors import OCIPlatform
from engine_api.api.errors import InvalidParameter
from engine_api.api.struct import UNSET
from engine_api.engines.memory.image_store import Image

__all__ = ["fits", "parse_platform", "platform_of", "words"]


def platform_of(image: Image) -> OCIPlatform:
    """What an image is made for."""
    return OCIPlatform(os=image.os, architecture=image.architecture, variant=image.variant or UNSET)


def parse_platform(text: str) -> OCIPlatform:
    """Read a platform from JSON.

    Raises:
        InvalidParameter: it is none.
    """
    try:
        return msgspec.json.decode(text, type=OCIPlatform)
    except (msgspec.DecodeError, RecursionError):
        first = text.strip()[:1]
        reason = (
            f"invalid character '{first}' looking for beginning of value" if first not in ("", "{") else "no platform"
        )
        raise InvalidParameter(f"failed to parse platform: {reason}") from None


def fits(platform: OCIPlatform, wanted: OCIPlatform) -> bool:
    """Whether a platform is what is wanted; what is not said of it is not asked for."""
    pairs: list[tuple[Any, Any]] = [
        (platform.os, wanted.os),
        (platform.architecture, wanted.architecture),
        (platform.variant, wanted.variant),
    ]
    return all(not asked or asked == own for own, asked in pairs)


def words(platform: OCIPlatform) -> str:
    """A platform as people write it: `os/architecture/variant`."""
    return "/".join(part for part in (platform.os, platform.architecture, platform.variant) if part)
