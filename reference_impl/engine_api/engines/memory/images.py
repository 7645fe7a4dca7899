"""Images of the reference engine."""

from __future__ import annotations

import builtins
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from engine_api.api.containers import ContainerConfig, DriverData
from engine_api.api.descriptors import ImageManifestSummary
from engine_api.api.errors import Conflict, Forbidden, InvalidParameter, NotFound, NotImplementedByEngine, SystemError
from engine_api.api.filters import Filters
from engine_api.api.images import (
    AttestationStatement,
    AuthConfig,
    ImageCommitResponse,
    ImageConfig,
    ImageDeleteResponseItem,
    ImageHistoryResponseItem,
    ImageInspect,
    ImageMetadata,
    ImagePruneResponse,
    Images,
    ImageSearchResponseItem,
    ImageSummary,
    ProgressDetail,
    ProgressMessage,
    RootFS,
)
from engine_api.api.streams import ByteStream
from engine_api.api.struct import UNSET
from engine_api.engines.memory.archives import unpack
from engine_api.engines.memory.clock import rfc3339
from engine_api.engines.memory.container import Container
from engine_api.engines.memory.filters import boolean, check_keys, labels_match, moment, pattern_matches
from engine_api.engines.memory.image_store import Image, ImageStore
from engine_api.engines.memory.instructions import apply_instructions
from engine_api.engines.memory.references import Reference, parse_reference
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.images import bare

if TYPE_CHECKING:
    from engine_api.engines.memory.engine import MemoryEngine

__all__ = ["MemoryImages"]

_FILTERS: Final = frozenset(["before", "dangling", "label", "reference", "since", "until"])
_ENV: Final = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
_STEP: Final = 0.01
"""Seconds between the messages of a pull."""


class MemoryImages(Images):
    """Images in memory."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.store = ImageStore()

    # Looking

    async def list(
        self,
        *,
        all: bool = False,
        filters: Filters | None = None,
        filter: str | None = None,
        digests: bool = False,
        shared_size: bool = False,
        manifests: bool = False,
        identity: bool = False,
    ) -> builtins.list[ImageSummary]:
        """Images, newest first."""
        wanted = check_keys(filters, _FILTERS)
        if filter:
            wanted.setdefault("reference", []).append(filter)
        fits = self._predicate(wanted)
        return [
            ImageSummary(
                id=image.id,
                parent_id=image.parent,
                repo_tags=[reference.familiar for reference in self._shown(image, wanted)],
                repo_digests=[reference.familiar for reference in image.digests],
                created=image.created // 1_000_000_000,
                size=image.size,
                shared_size=self._shared_size(image) if shared_size else -1,
                labels=image.config.labels or None,
                containers=sum(c.image is image for c in self._engine.containers.by_id.values()),
                manifests=[] if manifests else UNSET,
            )
            for image in self.store.newest_first()
            if fits(image) and (all or self._is_head(image))
        ]

    def _is_head(self, image: Image) -> bool:
        """Whether an image has a name, or is no mere step towards another."""
        return bool(image.references or image.digests or not self.store.children(image))

    def _shared_size(self, image: Image) -> int:
        """Bytes of the layers that other images have, too."""
        others = {chain for other in self.store.images.values() if other is not image for chain in other.chain_ids}
        return sum(one.size for one, chain in zip(image.layers, image.chain_ids, strict=True) if chain in others)

    def _shown(self, image: Image, wanted: dict[str, builtins.list[str]]) -> builtins.list[Reference]:
        patterns = wanted.get("reference")
        return [r for r in image.references if patterns is None or any(_reference_matches(p, r) for p in patterns)]

    def _predicate(self, wanted: dict[str, builtins.list[str]]) -> Callable[[Image], bool]:
        dangling = boolean("dangling", wanted["dangling"]) if "dangling" in wanted else None
        older = [self.store.find(text)[0].created for text in wanted.get("before", ())]
        newer = [self.store.find(text)[0].created for text in wanted.get("since", ())]
        until = [moment(text, self._engine.clock.time_ns()) for text in wanted.get("until", ())]

        def fits(image: Image) -> bool:
            return (
                (dangling is None or dangling == (not image.references))
                and labels_match(wanted.get("label", ()), image.config.labels or {})
                and image.created < min([*older, *until], default=1 << 80)
                and image.created > max(newer, default=-1)
                and (
                    "reference" not in wanted
                    or any(
                        _reference_matches(p, r)
                        for p in wanted["reference"]
                        for r in (*image.references, *image.digests)
                    )
                )
            )

        return fits

    async def inspect(self, name: str, *, manifests: bool = False, platform: str | None = None) -> ImageInspect:
        """All about an image."""
        if manifests and platform:
            raise InvalidParameter("conflicting options: manifests and platform options cannot both be set")
        image, _ = self.store.find(name)
        if platform:
            self._check_platform(image, name, platform)
        base = f"/var/lib/docker/overlay2/{(image.chain_ids or [image.id])[-1][7:]}"
        tagged = image.tagged_at
        found: builtins.list[ImageManifestSummary] = []
        return ImageInspect(
            id=image.id,
            repo_tags=[reference.familiar for reference in image.references],
            repo_digests=[reference.familiar for reference in image.digests],
            parent=image.parent or UNSET,
            comment=image.comment or (image.history[-1].comment if image.history else "") or UNSET,
            created=rfc3339(image.created) if image.created else UNSET,
            container=image.container,
            container_config=image.container_config or _EMPTY_CONTAINER_CONFIG,
            docker_version=image.docker_version or UNSET,
            author=image.author or UNSET,
            config=_shown_config(image.config),
            architecture=image.architecture,
            variant=image.variant or UNSET,
            os=image.os,
            size=image.size,
            graph_driver=DriverData(
                name="overlay2",
                data={"MergedDir": f"{base}/merged", "UpperDir": f"{base}/diff", "WorkDir": f"{base}/work"},
            ),
            root_fs=RootFS(type="layers", layers=builtins.list(image.diff_ids)),
            metadata=ImageMetadata(last_tag_time="0001-01-01T00:00:00Z" if tagged is None else rfc3339(tagged)),
            manifests=found if manifests else UNSET,
        )

    def _check_platform(self, image: Image, name: str, text: str) -> None:
        try:
            asked = json.loads(text)
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise InvalidParameter(f'invalid platform: "{text}"')
        if asked.get("os", image.os) != image.os or asked.get("architecture", image.architecture) != image.architecture:
            words = "/".join(str(asked[key]) for key in ("os", "architecture", "variant") if key in asked)
            raise NotFound(
                f"image with reference {name} was found but does not provide the specified platform ({words})"
            )

    def check_made_for(self, image: Image, name: str, platform: str) -> None:
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

    # Making

    async def create(
        self,
        *,
        from_image: str | None = None,
        from_src: str | None = None,
        repo: str | None = None,
        tag: str | None = None,
        message: str | None = None,
        platform: str | None = None,
        changes: Sequence[str] = (),
        registry_auth: AuthConfig | None = None,
        input_image: ByteStream | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Pull an image, or import one."""
        os_name, architecture = _platform(platform)
        if from_image:
            return self._pull(self._wanted(from_image, tag), os_name, architecture)
        return await self._import(from_src or "", repo, tag, message, os_name, architecture, changes, input_image)

    def _wanted(self, from_image: str, tag: str | None) -> Reference:
        """The reference to pull.

        Raises:
            NotFound: the engine was told of a catalogue, and this is not in it.
        """
        joined = from_image
        if tag:
            joined += f"@{tag}" if ":" in tag else f":{tag}"
        reference = parse_reference(joined).tagged()
        if reference.familiar_name == "scratch":
            raise Forbidden("'scratch' is a reserved name")
        catalogue = self._engine.catalogue
        if catalogue is not None:
            if not any((known.host, known.path) == (reference.host, reference.path) for known in catalogue):
                raise NotFound(
                    f"pull access denied for {reference.familiar_name}, repository does not exist or may require "
                    "'docker login': denied: requested access to the resource is denied"
                )
            if reference.tag and reference not in catalogue:
                raise NotFound(f"manifest for {reference.familiar} not found: manifest unknown: manifest unknown")
        return reference

    async def _pull(self, reference: Reference, os_name: str, architecture: str) -> AsyncIterator[ProgressMessage]:
        shown = reference.tag or reference.digest or ""
        yield ProgressMessage(status=f"Pulling from {reference.path}", id=shown)
        fresh = self._engine.embedded(reference) or self._made_up(reference, os_name, architecture)
        known = self.store.images.get(fresh.id)
        if known is None or not (reference.digest or reference in known.references):
            if known is None:
                async for step in self._layers(reference):
                    yield step
            image = self.store.add(fresh, None if reference.digest else reference, self._engine.clock.time_ns())
            verb = "Downloaded newer image for"
        else:
            image, verb = known, "Image is up to date for"
        digest = Reference(reference.host, reference.path, None, reference.digest or image.manifest_digest)
        if digest not in image.digests:
            image.digests.append(digest)
        yield ProgressMessage(status=f"Digest: {digest.digest}")
        yield ProgressMessage(status=f"Status: {verb} {reference.familiar}")

    async def _layers(self, reference: Reference) -> AsyncIterator[ProgressMessage]:
        seed = hashlib.sha256(reference.familiar.encode()).digest()
        sizes = [(1 + seed[n]) * 16384 for n in range(1 + seed[31] % 3)]
        layers = [hashlib.sha256(seed + bytes([n])).hexdigest()[:12] for n in range(len(sizes))]
        nothing = ProgressDetail()
        for layer in layers:
            yield ProgressMessage(status="Pulling fs layer", progress_detail=nothing, id=layer)
        for layer, size in zip(layers, sizes, strict=True):
            for done in (size // 3, 2 * size // 3, size):
                await self._engine.clock.sleep(_STEP)
                progress = ProgressDetail(current=done, total=size)
                yield ProgressMessage(status="Downloading", progress_detail=progress, id=layer)
            yield ProgressMessage(status="Verifying Checksum", progress_detail=nothing, id=layer)
            yield ProgressMessage(status="Download complete", progress_detail=nothing, id=layer)
        for layer, size in zip(layers, sizes, strict=True):
            for done in (size // 2, size):
                await self._engine.clock.sleep(_STEP)
                progress = ProgressDetail(current=done, total=size)
                yield ProgressMessage(status="Extracting", progress_detail=progress, id=layer)
            yield ProgressMessage(status="Pull complete", progress_detail=nothing, id=layer)

    def _made_up(self, reference: Reference, os_name: str, architecture: str) -> Image:
        """An image for a reference that nobody prepared: a small system with a shell."""
        created = 1_700_000_000 + int.from_bytes(hashlib.sha256(reference.familiar.encode()).digest()[:3])
        return Image(
            ImageConfig(cmd=["/bin/sh"], env=builtins.list(_ENV)),
            bare(reference.familiar),
            created * 1_000_000_000,
            os=os_name,
            architecture=architecture,
        )

    async def _import(
        self,
        source: str,
        repo: str | None,
        tag: str | None,
        message: str | None,
        os_name: str,
        architecture: str,
        changes: Sequence[str],
        body: ByteStream | None,
    ) -> AsyncIterator[ProgressMessage]:
        reference = None
        if repo:
            reference = parse_reference(repo)
            if reference.digest:
                raise InvalidParameter("cannot import digest reference")
            if tag:
                try:
                    reference = parse_reference(f"{reference.familiar_name}:{tag}")
                except InvalidParameter:
                    raise InvalidParameter("invalid tag format") from None
            reference = reference.tagged()
        config = apply_instructions(ImageConfig(), changes)
        if source != "-":
            raise SystemError(
                f'Get "{source or "http:"}": this engine imports what is sent to it only; it opens no connections'
            )
        filesystem = FileSystem()
        if body is not None:
            await unpack(body, filesystem)
        now = self._engine.clock.time_ns()
        comment = message or "Imported from -"
        image = Image(config, filesystem.root, now, comment, os_name, architecture)
        self.store.add(image, reference, now)

        async def messages() -> AsyncIterator[ProgressMessage]:
            yield ProgressMessage(status=image.id)

        return messages()

    # Removing

    async def delete(
        self, name: str, *, force: bool = False, noprune: bool = False, platforms: Sequence[str] = ()
    ) -> builtins.list[ImageDeleteResponseItem]:
        """Remove a name, or an image."""
        image, reference = self.store.find(name)
        done: builtins.list[ImageDeleteResponseItem] = []
        if reference is not None:
            users = self._users(image)
            if users and not force and len(image.references) <= 1:
                user = next((c for c in users if c.running), users[0])
                raise Conflict(
                    f'conflict: unable to remove repository reference "{name}" (must force) - container '
                    f"{user.id[:12]} is using its referenced image {image.short}"
                )
            self._untag(image, reference, done)
            if image.references or image.digests:
                return done
        elif _of_one_name(image):
            self._check_unused(image, name, force=force, named=True)
            for known in (*image.references, *image.digests):
                self._untag(image, known, done)
        self._remove(image, name, done, force=force, prune=not noprune, quiet=reference is not None)
        return done

    def _users(self, image: Image) -> builtins.list[Container]:
        containers: builtins.list[Container] = builtins.list(self._engine.containers.by_id.values())
        return [container for container in containers if container.image is image]

    def _untag(self, image: Image, reference: Reference, done: builtins.list[ImageDeleteResponseItem]) -> None:
        """Take a name away, and with the last tag of a repository its digests."""
        gone = [reference]
        if not reference.digest:
            left = {(known.host, known.path) for known in image.references if known != reference}
            if (reference.host, reference.path) not in left:
                gone += [d for d in image.digests if (d.host, d.path) == (reference.host, reference.path)]
        for known in gone:
            if known in image.references or known in image.digests:
                done.append(ImageDeleteResponseItem(untagged=known.familiar))
        image.references = [known for known in image.references if known not in gone]
        image.digests = [known for known in image.digests if known not in gone]

    def _check_unused(self, image: Image, name: str, *, force: bool, named: bool = False) -> None:
        """Refuse to remove an image that is needed.

        Args:
            image: the image.
            name: what the request calls it.
            force: whether names and containers that do not run count as no need.
            named: whether its names count as no need.

        Raises:
            Conflict: it is needed.
        """
        cannot = f"conflict: unable to delete {image.short} (cannot be forced) - image"
        if self.store.children(image):
            raise Conflict(f"{cannot} has dependent child images")
        users = self._users(image)
        running = next((c for c in users if c.running), None)
        if running is not None:
            raise Conflict(f"{cannot} is being used by running container {running.id[:12]}")
        if force:
            return
        must = f"conflict: unable to delete {image.short} (must be forced) - image"
        if not named and (image.references or image.digests):
            raise Conflict(f"{must} is referenced in multiple repositories")
        if users:
            raise Conflict(f"{must} is being used by stopped container {users[0].id[:12]}")

    def _remove(
        self,
        image: Image,
        name: str,
        done: builtins.list[ImageDeleteResponseItem],
        *,
        force: bool,
        prune: bool,
        quiet: bool,
    ) -> None:
        """Remove an image with the layers that nothing else needs, and then the nameless ones that it was made on."""
        try:
            self._check_unused(image, name, force=force)
        except Conflict:
            needed = bool(image.references or image.digests or self.store.children(image))
            if quiet and (needed or self._users(image)):
                return
            raise
        for known in (*image.references, *image.digests):
            self._untag(image, known, done)
        self.store.remove(image)
        done.append(ImageDeleteResponseItem(deleted=image.id))
        kept = {chain for other in self.store.images.values() for chain in other.chain_ids}
        containers: builtins.list[Container] = builtins.list(self._engine.containers.by_id.values())
        kept.update(chain for container in containers for chain in container.image.chain_ids)
        done += [ImageDeleteResponseItem(deleted=chain) for chain in reversed(image.chain_ids) if chain not in kept]
        parent = self.store.images.get(image.parent)
        if prune and parent is not None:
            self._remove(parent, parent.id, done, force=False, prune=True, quiet=True)

    # To come

    async def history(self, name: str, *, platform: str | None = None) -> builtins.list[ImageHistoryResponseItem]:
        """How an image was made."""
        raise _missing("ImageHistory")

    async def tag(self, name: str, *, repo: str, tag: str | None = None) -> None:
        """One more name."""
        raise _missing("ImageTag")

    async def push(
        self,
        name: str,
        *,
        tag: str | None = None,
        platform: str | None = None,
        registry_auth: AuthConfig | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Send to a registry."""
        raise _missing("ImagePush")

    async def search(
        self,
        term: str,
        *,
        limit: int | None = None,
        filters: Filters | None = None,
        registry_auth: AuthConfig | None = None,
    ) -> builtins.list[ImageSearchResponseItem]:
        """Search a registry."""
        raise _missing("ImageSearch")

    async def get(self, name: str, *, platform: Sequence[str] = ()) -> ByteStream:
        """Save an image."""
        raise _missing("ImageGet")

    async def get_all(self, *, names: Sequence[str] = (), platform: Sequence[str] = ()) -> ByteStream:
        """Save several images."""
        raise _missing("ImageGetAll")

    async def load(
        self, archive: ByteStream | None = None, *, quiet: bool = True, platform: Sequence[str] = ()
    ) -> AsyncIterator[ProgressMessage]:
        """Load images."""
        raise _missing("ImageLoad")

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
        """Make an image of a container."""
        raise _missing("ImageCommit")

    async def prune(self, *, filters: Filters | None = None) -> ImagePruneResponse:
        """Remove unused images."""
        raise _missing("ImagePrune")

    async def attestations(
        self, name: str, *, platform: Sequence[str] = (), type: Sequence[str] = (), statement: bool = False
    ) -> builtins.list[AttestationStatement]:
        """Statements on an image."""
        raise _missing("ImageAttestations")


def _missing(operation: str) -> NotImplementedByEngine:
    return NotImplementedByEngine(f"this engine does not have the operation {operation}")


def _of_one_name(image: Image) -> bool:
    """Whether an image has one tag at most, and all its names are of one repository."""
    names = {(known.host, known.path) for known in (*image.references, *image.digests)}
    return len(image.references) <= 1 and len(names) <= 1


_EMPTY_CONTAINER_CONFIG: Final = ContainerConfig(
    hostname="",
    domainname="",
    user="",
    attach_stdin=False,
    attach_stdout=False,
    attach_stderr=False,
    tty=False,
    open_stdin=False,
    stdin_once=False,
    env=None,
    cmd=None,
    image="",
    volumes=None,
    working_dir="",
    entrypoint=None,
    on_build=None,
    labels=None,
)


def _shown_config(config: ImageConfig) -> ImageConfig:
    """The configuration with what only old versions show, and without what is empty."""
    shown = msgspec.structs.replace(
        config,
        hostname="",
        domainname="",
        attach_stdin=False,
        attach_stdout=False,
        attach_stderr=False,
        tty=False,
        open_stdin=False,
        stdin_once=False,
        image="",
    )
    for field in ("cmd", "entrypoint", "env", "labels", "on_build", "user", "volumes", "working_dir"):
        if not getattr(shown, field):
            setattr(shown, field, UNSET)
    return shown


def _reference_matches(pattern: str, reference: Reference) -> bool:
    return any(
        pattern_matches(pattern, text)
        for text in (reference.familiar, reference.familiar_name, f"{reference.host}/{reference.path}")
    )


def _platform(text: str | None) -> tuple[str, str]:
    """Operating system and architecture.

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
