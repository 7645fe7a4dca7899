"""What the engine's things take on the disk."""

from __future__ import annotations

from typing import Annotated

from msgspec import field

from engine_api.api.containers import ContainerSummary
from engine_api.api.images import ImageSummary
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import Deprecated, OneOf, Since, Until
from engine_api.api.volumes import Volume

__all__ = [
    "BuildCache",
    "BuildCacheDiskUsage",
    "ContainersDiskUsage",
    "DataUsage",
    "ImagesDiskUsage",
    "VolumesDiskUsage",
]


class BuildCache(ApiStruct):
    """Something that BuildKit keeps to build faster."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """Its ID."""
    parent: Annotated[str | UnsetType, Until("1.41")] = UNSET
    """The record that it was made from."""
    parents: Annotated[list[str] | None | UnsetType, Since("1.42")] = UNSET
    """The records that it was made from. Engines write the key with a blank before it."""
    type: Annotated[
        str | UnsetType,
        OneOf("internal", "frontend", "source.local", "source.git.checkout", "exec.cachemount", "regular"),
    ] = UNSET
    """What kind of record it is."""
    description: str | UnsetType = UNSET
    """The step that made it."""
    in_use: bool | UnsetType = UNSET
    """Whether a build uses it now."""
    shared: bool | UnsetType = UNSET
    """Whether images use it too."""
    size: int | UnsetType = UNSET
    """Bytes that it takes."""
    created_at: str | UnsetType = UNSET
    """When it was made, in RFC 3339."""
    last_used_at: str | None | UnsetType = UNSET
    """When it was used last, in RFC 3339; null if never."""
    usage_count: int | UnsetType = UNSET
    """How often it was used."""


class _Usage(ApiStruct):
    active_count: int | UnsetType = UNSET
    """How many are in use."""
    total_count: int | UnsetType = UNSET
    """How many there are."""
    reclaimable: int | UnsetType = UNSET
    """Bytes that those take which are not in use."""
    total_size: int | UnsetType = UNSET
    """Bytes that all of them take."""


class ImagesDiskUsage(_Usage):
    """What images take; in use are those that containers were made from."""

    items: list[ImageSummary] | UnsetType = UNSET
    """The images; only if details were asked for."""


class ContainersDiskUsage(_Usage):
    """What containers take; in use are those that run or are paused."""

    items: list[ContainerSummary] | UnsetType = UNSET
    """The containers; only if details were asked for."""


class VolumesDiskUsage(_Usage):
    """What volumes take; in use are those that containers refer to."""

    items: list[Volume] | UnsetType = UNSET
    """The volumes; only if details were asked for."""


class BuildCacheDiskUsage(_Usage):
    """What the builder keeps; in use are the records that a build uses now."""

    items: list[BuildCache] | UnsetType = UNSET
    """The records; only if details were asked for."""


class DataUsage(ApiStruct):
    """What the engine's things take on the disk. Kinds that were not asked for are absent, null or empty."""

    image_usage: Annotated[ImagesDiskUsage | None | UnsetType, Since("1.52")] = UNSET
    """What images take."""
    container_usage: Annotated[ContainersDiskUsage | None | UnsetType, Since("1.52")] = UNSET
    """What containers take."""
    volume_usage: Annotated[VolumesDiskUsage | None | UnsetType, Since("1.52")] = UNSET
    """What volumes take."""
    build_cache_usage: Annotated[BuildCacheDiskUsage | None | UnsetType, Since("1.52")] = UNSET
    """What the builder keeps."""
    layers_size: Annotated[int | UnsetType, Deprecated("1.52")] = UNSET
    """Bytes of all layers of images; deprecated in v1.52 as those below, and absent if details were asked for."""
    images: Annotated[list[ImageSummary] | None | UnsetType, Deprecated("1.52")] = UNSET
    """The images."""
    containers: Annotated[list[ContainerSummary] | None | UnsetType, Deprecated("1.52")] = UNSET
    """The containers, also those that do not run."""
    volumes: Annotated[list[Volume] | None | UnsetType, Deprecated("1.52")] = UNSET
    """The volumes, with their `UsageData`."""
    build_cache: Annotated[list[BuildCache] | None | UnsetType, Since("1.31"), Deprecated("1.52")] = UNSET
    """What the builder keeps."""
    builder_size: Annotated[int | UnsetType, Since("1.31"), Until("1.41")] = UNSET
    """Bytes that the builder keeps."""
