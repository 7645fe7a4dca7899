"""Images: what containers are made from."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Protocol

from engine_api.api.errors import Conflict, InvalidParameter, NotFound, SystemError
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.operation import operation
from engine_api.api.streams import ByteStream
from engine_api.api.struct import ApiStruct
from engine_api.api.versions import Since, Until, Value

__all__ = ["AuthConfig", "ImageDeleteResponseItem", "ImageInspect", "ImageSummary", "Images", "ProgressMessage"]


class AuthConfig(ApiStruct, rename="lower"):
    """Credentials for a registry."""


class ProgressMessage(ApiStruct, rename="camel"):
    """A step of a long operation."""


class ImageSummary(ApiStruct):
    """An image in a list."""


class ImageInspect(ApiStruct):
    """All about an image."""


class ImageDeleteResponseItem(ApiStruct):
    """A name or an image that was removed."""


class Images(Protocol):
    """Images."""

    @operation(
        "ImageList", errors={InvalidParameter: "a filter is malformed or unknown", SystemError: "the engine failed"}
    )
    async def list(
        self,
        *,
        all: bool = False,
        filters: Annotated[
            Filters | None,
            FilterKeys(Value("before"), Value("dangling"), Value("label"), Value("reference", since="1.25")),
        ] = None,
        filter: Annotated[str | None, Until("1.24")] = None,
        digests: bool = False,
        shared_size: Annotated[bool, Since("1.42")] = False,
        manifests: Annotated[bool, Since("1.47")] = False,
        identity: Annotated[bool, Since("1.54")] = False,
    ) -> builtins.list[ImageSummary]:
        """List images, newest first.

        Args:
            all: also those that only serve others as a layer.
            filters: which of them.
            filter: only those of this name.
            digests: also their digests; engines give them anyway.
            shared_size: also compute the size that each shares with others.
            manifests: also the manifests of each, for each platform.
            identity: also whose they are, as far as it can be trusted; needs `manifests`.
        """
        ...

    @operation("ImageInspect", errors={NotFound: "there is no such image", SystemError: "the engine failed"})
    async def inspect(
        self,
        name: str,
        *,
        manifests: Annotated[bool, Since("1.48")] = False,
        platform: Annotated[str | None, Since("1.49")] = None,
    ) -> ImageInspect:
        """Tell all about an image.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            manifests: also its manifests, for each platform.
            platform: which platform of it, as JSON of an OCI platform; not together with `manifests`.
        """
        ...

    @operation(
        "ImageCreate",
        errors={
            InvalidParameter: "a reference is malformed",
            NotFound: "the registry has no such image, or does not show it",
            SystemError: "the engine failed, or the registry",
        },
    )
    async def create(
        self,
        *,
        from_image: str | None = None,
        from_src: str | None = None,
        repo: str | None = None,
        tag: str | None = None,
        message: Annotated[str | None, Since("1.39")] = None,
        platform: Annotated[str | None, Since("1.32")] = None,
        changes: Annotated[Sequence[str], Since("1.40")] = (),
        registry_auth: AuthConfig | None = None,
        input_image: ByteStream | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Pull an image from a registry, or import one from an archive.

        Args:
            from_image: the reference to pull.
            from_src: `-` imports `input_image`; anything else is where the archive lies.
            repo: the name of an imported image.
            tag: the tag or digest to pull, or the tag of an imported image.
            message: a comment kept with an imported image.
            platform: `os[/arch[/variant]]` to pull, or that an imported image is for.
            changes: Dockerfile instructions that shape an imported image.
            registry_auth: credentials for the registry.
            input_image: a tar archive of the root file system.
        """
        ...

    @operation(
        "ImageDelete",
        errors={
            NotFound: "there is no such image",
            Conflict: "the image is used, or has several names",
            SystemError: "the engine failed",
        },
    )
    async def delete(
        self,
        name: str,
        *,
        force: bool = False,
        noprune: bool = False,
        platforms: Annotated[Sequence[str], Since("1.50")] = (),
    ) -> builtins.list[ImageDeleteResponseItem]:
        """Remove a name of an image and, with its last name, the image.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            force: also when stopped containers use it or it has several names.
            noprune: keep the untagged images that it was built on.
            platforms: only the content for these platforms, each as JSON of an OCI platform.
        """
        ...
