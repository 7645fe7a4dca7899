"""Images that an engine has from the start, and images that are made up for a pull."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from engine_api.api.errors import NotFound
from engine_api.api.images import ImageConfig
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.model.registry import Registry
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.images import alpine, bare, busybox, hello_world, with_program
from engine_api.engines.memory.userland.nodes import Directory

__all__ = ["PreparedImages", "made_up"]

_FIRST: Final = 1_696_000_000 * 1_000_000_000
"""When the first of them was created, in nanoseconds since 1970; each further one a day later."""
_DAY: Final = 86_400_000_000_000
_PATH: Final = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@cache
def _single_layer(root: Directory) -> Image:
    """Return an image whose only layer is a tree."""
    return Image(ImageConfig(), root, _FIRST, created_by="COPY / / # the reference engine's own files")


def made_up(reference: Reference, os: str, architecture: str) -> Image:
    """Return an image for a reference without a prepared image: a small system with a shell."""
    created = 1_700_000_000 + int.from_bytes(hashlib.sha256(reference.familiar.encode()).digest()[:3])
    return Image(
        ImageConfig(cmd=["/bin/sh"], env=[_PATH]),
        bare(reference.familiar),
        created * 1_000_000_000,
        os=os,
        architecture=architecture,
        created_by=f"COPY image /etc/image # {reference.familiar}, made up by the reference engine",
        base=_single_layer(alpine()),
    )


class PreparedImages:
    """The images that an engine has from the start and after each reset, by the references that they had."""

    def __init__(self) -> None:
        self.by_reference: dict[Reference, Image] = {}
        for name, root, command in (
            ("hello-world", hello_world(), "/hello"),
            ("alpine", alpine(), "/bin/sh"),
            ("busybox", busybox(), "sh"),
        ):
            self._add(name, _single_layer(root), ImageConfig(cmd=[command], env=[_PATH]), None)

    def add_program(
        self,
        reference: str,
        name: str,
        *,
        env: Mapping[str, str],
        ports: Iterable[str],
        files: Mapping[str, bytes],
    ) -> Reference:
        """Add an image that runs a program by default; return its reference with its tag.

        Args:
            reference: the image's name.
            name: the program's name, under which it is a file of `/usr/local/bin`.
            env: environment variables.
            ports: exposed ports, such as `5432/tcp`.
            files: further files by absolute path.

        Raises:
            InvalidParameter: the reference is malformed.
        """
        tree = FileSystem(alpine())
        for path, data in files.items():
            tree.mkdir(path.rpartition("/")[0] or "/", parents=True)
            tree.write(path, data)
        config = ImageConfig(
            cmd=[name],
            env=[_PATH, *(f"{key}={value}" for key, value in env.items())],
            exposed_ports={port: {} for port in ports} or None,
        )
        root = with_program(tree.root, f"/usr/local/bin/{name}", name)
        return self._add(reference, _single_layer(alpine()), config, root)

    def _add(self, text: str, base: Image, config: ImageConfig, root: Directory | None) -> Reference:
        reference = parse_reference(text).tagged()
        created = _FIRST + len(self.by_reference) * _DAY
        command = f"CMD {json.dumps(config.cmd)}"
        self.by_reference[reference] = Image(config, root or base.root, created, created_by=command, base=base)
        return reference

    @property
    def newest(self) -> int:
        """When the newest of them was created, in nanoseconds since 1970."""
        return max(image.created for image in self.by_reference.values())

    def put(self, store: ImageStore, now: int, reference: Reference | None = None) -> None:
        """Put them in a store of images, or one of them.

        Args:
            store: where.
            now: when they count as tagged, in nanoseconds since 1970.
            reference: which one. Default: all.
        """
        for known in [reference] if reference is not None else list(self.by_reference):
            image = self.by_reference[known]
            image.references.clear()
            image.digests.clear()
            image.tagged_at = None
            kept = store.add(image)
            store.tag(kept, known, now)
            store.add_digest(kept, Reference(known.host, known.path, None, image.manifest_digest))

    def find(self, reference: Reference, registry: Registry) -> Image:
        """Return what a pull of a reference gives; a made-up image if the registry has none."""
        try:
            return registry.find(reference, "linux", "amd64")
        except NotFound:
            return made_up(reference, "linux", "amd64")
