"""What the engine's things take on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine_api.api.containers import Containers, ContainerSummary
from engine_api.api.datausage import (
    BuildCacheDiskUsage,
    ContainersDiskUsage,
    DataUsage,
    ImagesDiskUsage,
    VolumesDiskUsage,
)
from engine_api.api.errors import InvalidParameter
from engine_api.api.images import Images, ImageSummary
from engine_api.api.struct import UNSET
from engine_api.api.volumes import Volume, VolumeUsageData
from engine_api.engines.memory.model.images import ImageStore
from engine_api.engines.memory.runtime.volumes import LocalVolumes

__all__ = ["Stored", "disk_usage"]

_KINDS: Final = ("container", "image", "volume", "build-cache")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What takes room on the disk."""

    images: Images
    image_store: ImageStore
    containers: Containers
    volumes: LocalVolumes


async def disk_usage(stored: Stored, kinds: Sequence[str], *, verbose: bool) -> DataUsage:
    """What the things of some kinds take, or of all; the classic builder keeps nothing but images.

    Raises:
        InvalidParameter: there is no such kind.
    """
    for kind in kinds:
        if kind not in _KINDS:
            raise InvalidParameter(f"unknown object type: {kind}")
    asked = frozenset(kinds or _KINDS)
    usage = DataUsage(layers_size=0, images=None, containers=None, volumes=None, build_cache=None, builder_size=0)
    if "image" in asked:
        usage.layers_size = _layers_size(stored.image_store)
        usage.images = await stored.images.list(shared_size=True)
        usage.image_usage = _of_images(usage.images, usage.layers_size, verbose=verbose)
    if "container" in asked:
        usage.containers = await stored.containers.list(all=True, size=True)
        usage.container_usage = _of_containers(usage.containers, verbose=verbose)
    if "volume" in asked:
        usage.volumes = stored.volumes.measured()
        usage.volume_usage = _of_volumes(usage.volumes, verbose=verbose)
    if "build-cache" in asked:
        usage.build_cache = []
        usage.build_cache_usage = BuildCacheDiskUsage(
            active_count=0, total_count=0, reclaimable=0, total_size=0, items=[] if verbose else UNSET
        )
    if verbose:
        usage.layers_size = usage.images = usage.containers = UNSET
        usage.volumes = usage.build_cache = usage.builder_size = UNSET
    return usage


def _layers_size(images: ImageStore) -> int:
    """Bytes of all layers, each counted once."""
    return sum(images.layer_sizes().values())


def _of_images(images: list[ImageSummary], layers: int, *, verbose: bool) -> ImagesDiskUsage:
    active = [image for image in images if image.containers]
    used = sum((image.size or 0) - max(image.shared_size or 0, 0) for image in active)
    return ImagesDiskUsage(
        active_count=len(active),
        total_count=len(images),
        reclaimable=layers - used,
        total_size=layers,
        items=images if verbose else UNSET,
    )


def _of_containers(containers: list[ContainerSummary], *, verbose: bool) -> ContainersDiskUsage:
    active = [one for one in containers if one.state in ("running", "paused", "restarting")]
    total = sum(one.size_rw or 0 for one in containers)
    return ContainersDiskUsage(
        active_count=len(active),
        total_count=len(containers),
        reclaimable=total - sum(one.size_rw or 0 for one in active),
        total_size=total,
        items=containers if verbose else UNSET,
    )


def _of_volumes(volumes: list[Volume], *, verbose: bool) -> VolumesDiskUsage:
    data = [one.usage_data or VolumeUsageData(size=0, ref_count=0) for one in volumes]
    return VolumesDiskUsage(
        active_count=sum(bool(one.ref_count) for one in data),
        total_count=len(volumes),
        reclaimable=sum(one.size or 0 for one in data if not one.ref_count),
        total_size=sum(one.size or 0 for one in data),
        items=volumes if verbose else UNSET,
    )
