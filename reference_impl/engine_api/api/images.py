"""Images: what containers are made from."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.containers import ContainerConfig, DriverData
from engine_api.api.descriptors import Identity, ImageManifestSummary, OCIDescriptor
from engine_api.api.errors import (
    Conflict,
    EngineError,
    InternalError,
    InvalidParameter,
    NotFound,
    NotImplementedByEngine,
)
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.health import HealthConfig
from engine_api.api.operation import operation
from engine_api.api.streams import ByteStream
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import Deprecated, Several, Since, Until, Value

__all__ = [
    "AttestationStatement",
    "AuthConfig",
    "ErrorDetail",
    "ImageCommitResponse",
    "ImageConfig",
    "ImageDeleteResponseItem",
    "ImageHistoryResponseItem",
    "ImageInspect",
    "ImageMetadata",
    "ImagePruneResponse",
    "ImageSearchResponseItem",
    "ImageSummary",
    "Images",
    "ProgressDetail",
    "ProgressMessage",
    "RootFS",
]


class AuthConfig(ApiStruct, rename="lower"):
    """Credentials for a registry."""

    username: str | UnsetType = UNSET
    """The user."""
    password: str | UnsetType = UNSET
    """The password."""
    email: Annotated[str | UnsetType, Until("1.51")] = UNSET
    """No longer of use."""
    auth: str | UnsetType = UNSET
    """User and password as base64 of `USER:PASSWORD`."""
    server_address: str | UnsetType = field(default=UNSET, name="serveraddress")
    """The registry."""
    identity_token: str | UnsetType = field(default=UNSET, name="identitytoken")
    """A token that stands for the password."""
    registry_token: str | UnsetType = field(default=UNSET, name="registrytoken")
    """A token that is sent to the registry as it is."""


class ProgressDetail(ApiStruct, rename="lower"):
    """How far a step is."""

    current: int | UnsetType = UNSET
    """How much is done."""
    total: int | UnsetType = UNSET
    """How much there is."""
    start: int | UnsetType = UNSET
    """When it began, in Unix seconds."""
    hidecounts: bool | UnsetType = UNSET
    """Whether the numbers are not to be shown."""
    units: str | UnsetType = UNSET
    """What the numbers count. Default: bytes."""


class ErrorDetail(ApiStruct, rename="lower"):
    """Why a long operation failed."""

    code: int | UnsetType = UNSET
    """A number, such as an exit code."""
    message: str | UnsetType = UNSET
    """The reason, for people."""


class ProgressMessage(ApiStruct, rename="camel"):
    """A step of a long operation."""

    id: str | UnsetType = UNSET
    """What the step is about, such as a layer."""
    status: str | UnsetType = UNSET
    """What happens."""
    stream: str | UnsetType = UNSET
    """Text of a build."""
    progress: Annotated[str | UnsetType, Deprecated("1.48")] = UNSET
    """How far the step is, as text for a terminal; engines from 29 on leave it out."""
    progress_detail: ProgressDetail | UnsetType = UNSET
    """How far the step is."""
    aux: dict[str, object] | UnsetType = UNSET
    """A result for programs."""
    error: Annotated[str | UnsetType, Deprecated("1.48")] = UNSET
    """Why the operation failed; see `errorDetail`."""
    error_detail: ErrorDetail | UnsetType = UNSET
    """Why the operation failed."""


class ImageSummary(ApiStruct):
    """An image in a list."""

    id: str
    """Its ID: the digest of its configuration."""
    parent_id: str | UnsetType = UNSET
    """The ID of the image that it was built on, if it was built here."""
    repo_tags: list[str] | None | UnsetType = UNSET
    """Its names."""
    repo_digests: list[str] | None | UnsetType = UNSET
    """Its names by digest, as registries know it."""
    created: int | UnsetType = UNSET
    """When it was made, in Unix seconds."""
    size: int | UnsetType = UNSET
    """Bytes of all its layers."""
    shared_size: int | UnsetType = UNSET
    """Bytes that it shares with other images; -1 if not asked for."""
    virtual_size: Annotated[int | UnsetType, Until("1.43"), Deprecated("1.43")] = UNSET
    """As `Size`."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Its labels."""
    containers: int | UnsetType = UNSET
    """Containers made from it; -1 before v1.51."""
    manifests: Annotated[list[ImageManifestSummary] | None | UnsetType, Since("1.47")] = UNSET
    """Its manifests; only if asked for."""
    descriptor: Annotated[OCIDescriptor | None | UnsetType, Since("1.48")] = UNSET
    """What a registry says of it, where the engine has an image store."""


class ImageConfig(ApiStruct):
    """What containers made from an image run."""

    user: str | UnsetType = UNSET
    """The user. Default: root."""
    exposed_ports: dict[str, dict[str, str]] | None | UnsetType = UNSET
    """Ports that it serves, such as `80/tcp`."""
    env: list[str] | None | UnsetType = UNSET
    """Environment variables: `NAME=VALUE`."""
    cmd: list[str] | str | None | UnsetType = UNSET
    """The command with its arguments."""
    healthcheck: HealthConfig | None | UnsetType = UNSET
    """How health is checked."""
    args_escaped: bool | UnsetType = UNSET
    """Whether the command is already escaped; Windows only."""
    volumes: dict[str, dict[str, str]] | None | UnsetType = UNSET
    """Paths that get a volume of their own."""
    working_dir: str | UnsetType = UNSET
    """The directory in which it starts."""
    entrypoint: list[str] | str | None | UnsetType = UNSET
    """What the command is given to."""
    on_build: list[str] | None | UnsetType = UNSET
    """Instructions that run when another image is built on it."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Labels."""
    stop_signal: str | UnsetType = UNSET
    """The signal that stops it."""
    shell: list[str] | None | UnsetType = UNSET
    """The shell for instructions in shell form."""
    hostname: Annotated[str | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """Empty; of no use in an image."""
    domainname: Annotated[str | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """Empty; of no use in an image."""
    attach_stdin: Annotated[bool | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """False; of no use in an image."""
    attach_stdout: Annotated[bool | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """False; of no use in an image."""
    attach_stderr: Annotated[bool | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """False; of no use in an image."""
    tty: Annotated[bool | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """False; of no use in an image."""
    open_stdin: Annotated[bool | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """False; of no use in an image."""
    stdin_once: Annotated[bool | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """False; of no use in an image."""
    image: Annotated[str | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """The image that it was built on."""
    network_disabled: Annotated[bool | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """False; of no use in an image."""
    mac_address: Annotated[str | UnsetType, Until("1.49"), Deprecated("1.46")] = UNSET
    """Empty; of no use in an image."""
    stop_timeout: Annotated[int | None | UnsetType, Since("1.25"), Until("1.49"), Deprecated("1.46")] = UNSET
    """Of no use in an image."""
    publish_service: Annotated[str | UnsetType, Until("1.24")] = UNSET
    """Of no use in an image."""


class RootFS(ApiStruct):
    """The layers of an image."""

    type: str | UnsetType = UNSET
    """`layers`."""
    layers: list[str] | None | UnsetType = UNSET
    """The digests of the unpacked layers, lowest first."""


class ImageMetadata(ApiStruct):
    """What the engine itself notes on an image."""

    last_tag_time: str | None | UnsetType = UNSET
    """When it last got a name, in RFC 3339."""


class ImageInspect(ApiStruct):
    """All about an image."""

    id: str
    """Its ID: the digest of its configuration."""
    repo_tags: list[str] | None | UnsetType = UNSET
    """Its names."""
    repo_digests: list[str] | None | UnsetType = UNSET
    """Its names by digest, as registries know it."""
    parent: Annotated[str | UnsetType, Until("1.51"), Deprecated("1.51")] = UNSET
    """The ID of the image that it was built on; only from the classic builder."""
    comment: str | UnsetType = UNSET
    """A note, as given at import or commit."""
    created: str | None | UnsetType = UNSET
    """When it was made, in RFC 3339; absent if it does not say."""
    container: Annotated[str | UnsetType, Until("1.44"), Deprecated("1.44")] = UNSET
    """The container that it was made from."""
    container_config: Annotated[ContainerConfig | None | UnsetType, Until("1.44"), Deprecated("1.44")] = UNSET
    """The configuration of that container."""
    docker_version: Annotated[str | UnsetType, Until("1.51"), Deprecated("1.51")] = UNSET
    """The engine that built it."""
    author: str | UnsetType = UNSET
    """Who made it."""
    config: ImageConfig | None | UnsetType = UNSET
    """What containers made from it run."""
    architecture: str | UnsetType = UNSET
    """The CPU that it is made for, such as `amd64`."""
    variant: Annotated[str | None | UnsetType, Since("1.39")] = UNSET
    """The kind of CPU, such as `v7`."""
    os: str | UnsetType = UNSET
    """The operating system that it is made for."""
    os_version: Annotated[str | None | UnsetType, Since("1.25")] = UNSET
    """The version of the operating system, where that matters."""
    size: int | UnsetType = UNSET
    """Bytes of all its layers."""
    virtual_size: Annotated[int | UnsetType, Until("1.43"), Deprecated("1.43")] = UNSET
    """As `Size`."""
    graph_driver: DriverData | None | UnsetType = UNSET
    """How its layers are stored."""
    root_fs: RootFS | UnsetType = field(default=UNSET, name="RootFS")
    """Its layers."""
    metadata: Annotated[ImageMetadata | UnsetType, Since("1.31")] = UNSET
    """What the engine itself notes on it."""
    descriptor: Annotated[OCIDescriptor | None | UnsetType, Since("1.48")] = UNSET
    """What a registry says of it, where the engine has an image store."""
    manifests: Annotated[list[ImageManifestSummary] | None | UnsetType, Since("1.48")] = UNSET
    """Its manifests; only if asked for."""
    identity: Annotated[Identity | None | UnsetType, Since("1.53")] = UNSET
    """Whose it is, as far as it can be trusted."""


class ImageDeleteResponseItem(ApiStruct):
    """A name or an image that was removed."""

    untagged: str | UnsetType = UNSET
    """The name that was removed."""
    deleted: str | UnsetType = UNSET
    """The ID of the image or layer that was removed."""


class ImageHistoryResponseItem(ApiStruct):
    """A step in which an image was made."""

    id: str
    """The image that the step left, if it is here; else `<missing>`."""
    created: int
    """When the step was done, in Unix seconds."""
    created_by: str
    """The command of the step."""
    tags: list[str] | None
    """The names of the image that the step left; null where it has none."""
    size: int
    """Bytes of what the step added."""
    comment: str
    """A note on the step."""


class ImageSearchResponseItem(ApiStruct, rename="lower"):
    """A repository that a registry found."""

    star_count: int
    """How many people like it."""
    is_official: bool
    """Whether it is one of those that the registry itself answers for."""
    name: str
    """Its name, as it is pulled."""
    is_automated: Annotated[bool, Deprecated("1.44")]
    """Whether the registry builds it from a source; engines that serve v1.44 and newer say false of all."""
    description: str
    """What it is, for people."""


class ImageCommitResponse(ApiStruct):
    """The new image."""

    id: str
    """Its ID."""


class ImagePruneResponse(ApiStruct):
    """What was removed."""

    images_deleted: list[ImageDeleteResponseItem] | None
    """The names and images, in the order in which they went; null for none."""
    space_reclaimed: int
    """How many bytes are free again."""


class AttestationStatement(ApiStruct):
    """A statement on an image, such as how it was built."""

    descriptor: OCIDescriptor
    """What a registry says of the statement."""
    predicate_type: str
    """The URI of the kind of statement, such as `https://slsa.dev/provenance/v0.2`."""
    statement: dict[str, object] | None | UnsetType = UNSET
    """The statement as it was stored; only if it was asked for."""


_SAVE_ERRORS: Mapping[type[EngineError], str | tuple[str, str | None, str | None]] = {
    InvalidParameter: ("a platform is malformed", "1.48", None),
    NotFound: "there is no such image",
    InternalError: "a name is malformed, the image is for another platform, or the engine failed",
}


class Images(Protocol):
    """Images."""

    @operation(
        "ImageList",
        changes=False,
        errors={InvalidParameter: "a filter is malformed or unknown", InternalError: "the engine failed"},
    )
    async def list(
        self,
        *,
        all: bool = False,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("before", "created before this image, by reference or ID"),
                Value("dangling", "`true`: without a name; `false`: with one"),
                Value("label", "has this label: `KEY` or `KEY=VALUE`"),
                Value("reference", "its name fits this pattern, such as `busybox` or `*:1.*`", since="1.25"),
                Value("since", "created after this image, by reference or ID"),
                Value(
                    "until", "created before this time: RFC 3339, Unix seconds, or a duration before now such as `10m`"
                ),
            ),
        ] = None,
        filter: Annotated[str | None, Until("1.40")] = None,
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

    @operation(
        "ImageInspect", changes=False, errors={NotFound: "there is no such image", InternalError: "the engine failed"}
    )
    async def inspect(
        self,
        name: str,
        *,
        manifests: Annotated[bool, Since("1.48")] = False,
        platform: Annotated[str | None, Since("1.49")] = None,
    ) -> ImageInspect:
        """Return an image.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            manifests: also its manifests, for each platform.
            platform: which platform of it, as JSON of an OCI platform; not together with `manifests`.
        """
        ...

    @operation(
        "ImageCreate",
        changes=True,
        errors={
            InvalidParameter: "a reference is malformed",
            NotFound: "the registry has no such image, or does not show it",
            InternalError: "the engine failed, or the registry",
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
        changes: Sequence[str] = (),
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
        changes=True,
        waits=True,
        errors={
            NotFound: "there is no such image",
            Conflict: "the image is used, or has several names",
            InternalError: "the engine failed",
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

    @operation(
        "ImageHistory",
        changes=False,
        errors={
            InvalidParameter: ("the platform is malformed", "1.48", None),
            NotFound: "there is no such image, or it is for another platform",
            InternalError: "the engine failed",
        },
    )
    async def history(
        self, name: str, *, platform: Annotated[str | None, Since("1.48")] = None
    ) -> builtins.list[ImageHistoryResponseItem]:
        """Return the steps in which an image was made, newest first.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            platform: which platform of it, as JSON of an OCI platform.
        """
        ...

    @operation(
        "ImageTag",
        changes=True,
        errors={
            InvalidParameter: "the new name is malformed",
            NotFound: "there is no such image",
            InternalError: "the engine failed",
        },
    )
    async def tag(self, name: str, *, repo: str, tag: str | None = None) -> None:
        """Give an image one more name; the name leaves the image that had it.

        Args:
            name: a reference to the image, its ID, or a unique prefix of it.
            repo: the repository of the new name, such as `example.com/team/app`.
            tag: its tag; `latest` if there is none.
        """
        ...

    @operation(
        "ImagePush",
        changes=True,
        errors={
            InvalidParameter: "the name or the platform is malformed",
            NotFound: ("the image is for another platform; that there is none is said in the stream", "1.46", None),
            InternalError: "the engine failed",
        },
    )
    async def push(
        self,
        name: str,
        *,
        tag: str | None = None,
        platform: Annotated[str | None, Since("1.46")] = None,
        registry_auth: AuthConfig | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Send an image to the registry in its name.

        Args:
            name: the name without a tag; a tag in it does not count.
            tag: the tag to send; without one, every tag of that name.
            platform: which platform of it, as JSON of an OCI platform; without one, all that are here.
            registry_auth: credentials for the registry.
        """
        ...

    @operation(
        "ImageSearch",
        changes=False,
        errors={
            InvalidParameter: "the limit is out of range, or a filter is malformed or unknown",
            InternalError: "the engine failed, or the registry",
        },
    )
    async def search(
        self,
        term: str,
        *,
        limit: int | None = None,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value(
                    "is-automated",
                    "`true` or `false`; engines that serve v1.44 and newer find none for `true`",
                    deprecated="1.44",
                ),
                Value("is-official", "`true` or `false`: whether the registry itself answers for it"),
                Value("stars", "liked by at least so many people"),
            ),
        ] = None,
        registry_auth: AuthConfig | None = None,
    ) -> builtins.list[ImageSearchResponseItem]:
        """Search a registry for repositories.

        Args:
            term: what is searched for; with a host in front, that registry is asked.
            limit: how many to find at most, 1 to 100; 25 if it is 0 or not given.
            filters: which of them.
            registry_auth: credentials for the registry.
        """
        ...

    @operation("ImageGet", changes=False, errors=_SAVE_ERRORS)
    async def get(
        self, name: str, *, platform: Annotated[Sequence[str], Since("1.48"), Several("1.52")] = ()
    ) -> ByteStream:
        """Save an image as an archive, from which it can be loaded again.

        Args:
            name: a reference to it, its ID, or a unique prefix of it. A name without a tag stands for all its tags.
            platform: which platforms of it, each as JSON of an OCI platform; without one, all that are here.
        """
        ...

    @operation("ImageGetAll", changes=False, errors=_SAVE_ERRORS)
    async def get_all(
        self,
        *,
        names: Sequence[str] = (),
        platform: Annotated[Sequence[str], Since("1.48"), Several("1.52")] = (),
    ) -> ByteStream:
        """Save several images as one archive; layers that they share are in it once.

        Args:
            names: references, IDs, or unique prefixes of them.
            platform: which platforms of them, each as JSON of an OCI platform; without one, all that are here.
        """
        ...

    @operation(
        "ImageLoad",
        changes=True,
        errors={
            InvalidParameter: ("a platform is malformed", "1.48", None),
            InternalError: "the engine failed",
        },
    )
    async def load(
        self,
        archive: ByteStream | None = None,
        *,
        quiet: bool = True,
        platform: Annotated[Sequence[str], Since("1.48"), Several("1.52")] = (),
    ) -> AsyncIterator[ProgressMessage]:
        """Load images, with their names, from an archive that an engine or a builder saved.

        Args:
            archive: the archive, plain or compressed.
            quiet: leave out the progress of each layer. If omitted, the default of the engine.
            platform: which platforms of it, each as JSON of an OCI platform; without one, all that are in it.
        """
        ...

    @operation(
        "ImageCommit",
        changes=True,
        errors={
            InvalidParameter: "the container is not named, or the new name or a change is malformed",
            NotFound: "there is no such container",
            Conflict: "the container is dead or being removed",
            InternalError: "the engine failed",
        },
    )
    async def commit(
        self,
        config: ContainerConfig | None = None,
        *,
        container: str,
        repo: str | None = None,
        tag: str | None = None,
        comment: str | None = None,
        author: str | None = None,
        pause: bool = True,
        changes: Sequence[str] = (),
    ) -> ImageCommitResponse:
        """Make an image of a container's files and configuration.

        Args:
            config: what the image sets otherwise than the container.
            container: the container, by ID, name, or a unique prefix of the ID.
            repo: the repository of the image's name. Default: it gets no name.
            tag: the tag of its name; `latest` if there is none.
            comment: a note kept with the image.
            author: who made it, kept with the image.
            pause: whether the container is paused meanwhile.
            changes: Dockerfile instructions that shape the image.
        """
        ...

    @operation(
        "ImagePrune",
        changes=True,
        since="1.25",
        errors={
            InvalidParameter: "a filter is malformed or unknown",
            Conflict: "images are being pruned already",
            InternalError: "the engine failed",
        },
    )
    async def prune(
        self,
        *,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("dangling", "`true`, the default: images without a name; `false`: all that no container uses"),
                Value("label", "has this label: `KEY` or `KEY=VALUE`", since="1.29"),
                Value("label!", "does not have this label: `KEY` or `KEY=VALUE`", since="1.29"),
                Value(
                    "until", "created before this time: RFC 3339, Unix seconds, or a duration before now such as `10m`"
                ),
            ),
        ] = None,
    ) -> ImagePruneResponse:
        """Remove images that no container uses.

        Args:
            filters: which of them.
        """
        ...

    @operation(
        "ImageAttestations",
        changes=False,
        since="1.55",
        errors={
            InvalidParameter: "a platform is malformed, or there is more than one",
            NotFound: "there is no such image, or none for the platform",
            NotImplementedByEngine: "the engine's image store does not keep attestations",
            InternalError: "the engine failed",
        },
    )
    async def attestations(
        self,
        name: str,
        *,
        platform: Sequence[str] = (),
        type: Sequence[str] = (),
        statement: bool = False,
    ) -> builtins.list[AttestationStatement]:
        """Give the statements that are attached to an image, such as how it was built and of what.

        Args:
            name: a reference to it, its ID, or a unique prefix of it.
            platform: which platform of it, as JSON of an OCI platform; one at most. Default: the engine's own.
            type: only statements of one of these kinds, each by its URI.
            statement: also the statements themselves.
        """
        ...
