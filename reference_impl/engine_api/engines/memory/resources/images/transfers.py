"""Progress messages on the layers of an image that is pulled, pushed or loaded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Set
from typing import Final

from engine_api.api.images import ProgressDetail, ProgressMessage
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.references import Reference
from engine_api.engines.memory.model.registry import Registry

__all__ = ["download", "unpacking", "upload"]

_STEP: Final = 0.01
"""Seconds between the messages of a layer."""


async def download(image: Image, there: Set[str], clock: Clock) -> AsyncIterator[ProgressMessage]:
    """Return the progress messages of a pull.

    Args:
        image: the image.
        there: the chain IDs of the layers that the engine has.
        clock: what time passes on.
    """
    nothing = ProgressDetail()
    missing = [layer for layer, chain in zip(image.layers, image.chain_ids, strict=True) if chain not in there]
    for layer in image.layers:
        status = "Pulling fs layer" if layer in missing else "Already exists"
        yield ProgressMessage(status=status, progress_detail=nothing, id=layer.digest[7:19])
    for layer in missing:
        size = len(layer.blob)
        for done in (size // 3, 2 * size // 3, size):
            await clock.sleep(_STEP)
            progress = ProgressDetail(current=done, total=size)
            yield ProgressMessage(status="Downloading", progress_detail=progress, id=layer.digest[7:19])
        yield ProgressMessage(status="Verifying Checksum", progress_detail=nothing, id=layer.digest[7:19])
        yield ProgressMessage(status="Download complete", progress_detail=nothing, id=layer.digest[7:19])
    for layer in missing:
        size = len(layer.blob)
        for done in (size // 2, size):
            await clock.sleep(_STEP)
            progress = ProgressDetail(current=done, total=size)
            yield ProgressMessage(status="Extracting", progress_detail=progress, id=layer.digest[7:19])
        yield ProgressMessage(status="Pull complete", progress_detail=nothing, id=layer.digest[7:19])


async def upload(
    reference: Reference, image: Image, registry: Registry, clock: Clock
) -> AsyncIterator[ProgressMessage]:
    """Return the progress messages of a push.

    Args:
        reference: where they go.
        image: the image.
        registry: what has layers already.
        clock: what time passes on.
    """
    nothing = ProgressDetail()
    for layer in reversed(image.layers):
        short = layer.diff_id[7:19]
        origin = registry.origin(reference, layer.diff_id)
        if origin == reference.path:
            yield ProgressMessage(status="Layer already exists", progress_detail=nothing, id=short)
        elif origin is not None:
            yield ProgressMessage(status=f"Mounted from {origin}", progress_detail=nothing, id=short)
        else:
            for done in (layer.length // 3, 2 * layer.length // 3, layer.length):
                await clock.sleep(_STEP)
                progress = ProgressDetail(current=done, total=layer.size)
                yield ProgressMessage(status="Pushing", progress_detail=progress, id=short)
            yield ProgressMessage(status="Pushed", progress_detail=nothing, id=short)


async def unpacking(image: Image, there: Set[str]) -> AsyncIterator[ProgressMessage]:
    """Return the progress messages of a load.

    Args:
        image: the image.
        there: the chain IDs of the layers that the engine has.
    """
    for layer, chain in zip(image.layers, image.chain_ids, strict=True):
        if chain in there:
            continue
        for done in (layer.length // 2, layer.length):
            progress = ProgressDetail(current=done, total=layer.length)
            yield ProgressMessage(status="Loading layer", progress_detail=progress, id=layer.diff_id[7:19])
