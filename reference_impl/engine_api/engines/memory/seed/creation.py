"""Creates on an engine what a seed describes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import msgspec

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.engine import Engine
from engine_api.api.errors import EngineError, NotFound
from engine_api.api.images import ImageConfig
from engine_api.api.struct import UNSET
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.references import parse_reference
from engine_api.engines.memory.resources.images.prepared import PreparedImages
from engine_api.engines.memory.runtime.parts import Parts
from engine_api.engines.memory.seed.document import Seed, SeedContainer, SeedError, SeedFile, SeedImage
from engine_api.engines.memory.userland.filesystem import FileSystem

__all__ = ["PATIENCE", "create_seed"]

PATIENCE: Final = 60.0
"""Seconds that a container of a seed may take until it is healthy, or has ended."""


async def create_seed(engine: Engine, seed: Seed, source: str, *, parts: Parts, prepared: PreparedImages) -> None:
    """Create images, networks, volumes and containers beside those that exist.

    Args:
        engine: the operations of the engine.
        seed: what is created.
        source: what the seed is called in errors.
        parts: the parts of the engine.
        prepared: the images that it has from the start.

    Raises:
        SeedError: the engine refuses something, or a container does not get as it should be; what was made before it
            stays.
    """
    for image in seed.images:
        with _at(source, f"image {image.reference}"):
            _add_image(parts, prepared, image)
    for network in seed.networks:
        with _at(source, f"network {network.name}"):
            await engine.networks.create(network)
    for volume in seed.volumes:
        with _at(source, f"volume {volume.name}"):
            made = await engine.volumes.create(volume)
            _write(parts.volumes.find(str(made.name)).filesystem, volume.files)
    for number, container in enumerate(seed.containers):
        place = f"container {container.name}" if container.name else f"Containers[{number}]"
        with _at(source, place):
            await _add_container(engine, parts, container, source, place)


@contextmanager
def _at(source: str, place: str) -> Iterator[None]:
    """Say of a refusal where it was met."""
    try:
        yield
    except SeedError:
        raise
    except EngineError as error:
        raise SeedError(source, place, error.message) from None
    except OSError as error:
        raise SeedError(source, place, f"{error.filename or 'a file'}: {error.strerror}") from None


def _write(filesystem: FileSystem, files: Mapping[str, str | SeedFile]) -> None:
    for path, file in files.items():
        whole = SeedFile(text=file) if isinstance(file, str) else file
        filesystem.mkdir(path.rpartition("/")[0] or "/", parents=True)
        filesystem.write(path, whole.data)
        filesystem.own(path).mode = int(whole.mode, 8)


def _add_image(parts: Parts, prepared: PreparedImages, wanted: SeedImage) -> None:
    reference = parse_reference(wanted.reference).tagged()
    base = prepared.find(reference, parts.registry)
    tree = FileSystem(base.root)
    _write(tree, wanted.files)
    image = base
    if wanted.files or wanted.config is not UNSET:
        config = _over(base.config, wanted.config) if isinstance(wanted.config, ImageConfig) else base.config
        image = Image(config, tree.root, base.created, base=base, os=base.os, architecture=base.architecture)
    kept = parts.images.add(image.nameless())
    parts.images.tag(kept, reference, parts.clock.time_ns())
    parts.images.add_digest(kept, replace(reference, tag=None, digest=image.manifest_digest))
    parts.registry.push(reference, image)


def _said(config: ImageConfig) -> dict[str, object]:
    return {name: value for name in config.__struct_fields__ if (value := getattr(config, name)) is not UNSET}


def _over(base: ImageConfig, wanted: ImageConfig) -> ImageConfig:
    """A configuration with what another says over it; PATH stays unless it is said."""
    found = msgspec.structs.replace(base, **_said(wanted))
    if wanted.env and not any(entry.startswith("PATH=") for entry in wanted.env):
        found.env = [*(entry for entry in base.env or () if entry.startswith("PATH=")), *wanted.env]
    return found


async def _add_container(engine: Engine, parts: Parts, wanted: SeedContainer, source: str, place: str) -> None:
    request = ContainerCreateRequest(
        **{name: getattr(wanted, name) for name in ContainerCreateRequest.__struct_fields__}
    )
    image = await _image(engine, parts, wanted.image or "")
    if wanted.image_label:
        request.labels = {**(request.labels or {}), wanted.image_label: image.id}
    made = await engine.containers.create(request, name=wanted.name or None)
    container = parts.containers.find(made.id)
    _write(container.fs, wanted.files)
    if wanted.state == "created":
        return
    await engine.containers.start(made.id)
    if wanted.state == "paused":
        await engine.containers.pause(made.id)
    elif wanted.state in ("healthy", "exited"):
        try:
            async with asyncio.timeout(PATIENCE):
                await (_healthy if wanted.state == "healthy" else _ended)(engine, container)
        except TimeoutError:
            raise SeedError(source, place, f"it is not {wanted.state} after {PATIENCE:.0f} seconds") from None
        except _Otherwise as error:
            raise SeedError(source, place, str(error)) from None
        if wanted.state == "exited" and wanted.exit_code not in (UNSET, container.state.exit_code):
            raise SeedError(
                source, place, f"it ended with exit code {container.state.exit_code}, not {wanted.exit_code}"
            )


async def _image(engine: Engine, parts: Parts, name: str) -> Image:
    """The image of a name, pulled if it is not there."""
    try:
        return parts.images.find(name)[0]
    except NotFound:
        reference = parse_reference(name).tagged()
        async for _ in await engine.images.create(from_image=reference.familiar_name, tag=reference.tag):
            pass
        return parts.images.find(name)[0]


class _Otherwise(Exception):
    """A container did not get as it should be."""


async def _healthy(engine: Engine, container: Container) -> None:
    if container.health.status == "none":
        raise _Otherwise("it has no health check, and so is never healthy")
    while container.health.status != "healthy":
        if container.health.status == "unhealthy" or not container.state.running:
            raise _Otherwise("it is unhealthy" if container.state.running else "it ended before it was healthy")
        await asyncio.sleep(0.02)


async def _ended(engine: Engine, container: Container) -> None:
    await engine.containers.wait(container.id)
