"""Platforms: what images are made for."""

from __future__ import annotations

from typing import Final

import msgspec

from engine_api.api.descriptors import OCIPlatform
from engine_api.api.errors import InvalidParameter, NotFound
from engine_api.api.struct import UNSET
from engine_api.engines.memory.model.images import Image

__all__ = [
    "check_is_of",
    "check_made_for",
    "fits",
    "parse_platform",
    "parse_words",
    "platform_of",
    "words",
]

_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}


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
    pairs: list[tuple[object, object]] = [
        (platform.os, wanted.os),
        (platform.architecture, wanted.architecture),
        (platform.variant, wanted.variant),
    ]
    return all(not asked or asked == own for own, asked in pairs)


def words(platform: OCIPlatform) -> str:
    """A platform as people write it: `os/architecture/variant`."""
    return "/".join(part for part in (platform.os, platform.architecture, platform.variant) if part)


def parse_words(text: str | None) -> tuple[str, str]:
    """Read a platform from `os[/arch[/variant]]`: its operating system and its architecture.

    Raises:
        InvalidParameter: it is no platform, or none that this engine has.
    """
    if not text:
        return "linux", "amd64"
    parts = text.split("/")
    if len(parts) > 3 or not all(part.replace("_", "").replace("-", "").replace(".", "").isalnum() for part in parts):
        raise InvalidParameter(f'"{text}": cannot parse platform specifier: invalid argument')
    os_name = parts[0].lower()
    if os_name != "linux":
        raise InvalidParameter(f'operating system "{os_name}" is not supported')
    architecture = parts[1].lower() if len(parts) > 1 else "amd64"
    return os_name, _ARCHITECTURES.get(architecture, architecture)


def check_is_of(image: Image, name: str, text: str | None) -> None:
    """Refuse an image that was made for another platform, given as JSON.

    Raises:
        InvalidParameter: that is no platform.
        NotFound: the image is of another.
    """
    if text and not fits(platform_of(image), asked := parse_platform(text)):
        raise NotFound(
            f"image with reference {name} was found but its platform ({words(platform_of(image))}) "
            f"does not match the specified platform ({words(asked)})"
        )


def check_made_for(image: Image, name: str, platform: str) -> None:
    """Refuse an image that was made for another platform, given as `os[/arch[/variant]]`.

    Raises:
        InvalidParameter: that is no platform.
        NotFound: the image is of another.
    """
    os_name, _, rest = platform.partition("/")
    if platform.count("/") > 2 or not os_name:
        raise InvalidParameter(f'"{platform}": cannot parse platform specifier: invalid argument')
    architecture = rest.partition("/")[0] or "amd64"
    if (os_name.lower(), _ARCHITECTURES.get(architecture, architecture)) != (image.os, image.architecture):
        raise NotFound(
            f"image with reference {name} was found but its platform ({image.os}/{image.architecture}) "
            f"does not match the specified platform ({platform})"
        )
