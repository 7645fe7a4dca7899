"""Images of the reference engine."""

from __future__ import annotations

import builtins
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from engine_api.api.containers import ContainerConfig, DriverData
from engine_api.api.descriptors import ImageManifestSummary
from engine_api.api.errors import (
    Conflict,
    InternalError,
    InvalidParameter,
    NotFound,
)
from engine_api.api.filters import Filters
from engine_api.api.images import (
    AttestationStatement,
    AuthConfig,
    ImageCommitResponse,
    ImageDeleteResponseItem,
    ImageHistoryResponseItem,
    ImageInspect,
    ImageMetadata,
    ImagePruneResponse,
    Images,
    ImageSearchResponseItem,
    ImageSummary,
    ProgressMessage,
    RootFS,
)
from engine_api.api.streams import ByteStream
from engine_api.api.struct import UNSET
from engine_api.engines.memory.machine.clock import Clock, nanoseconds, rfc3339
from engine_api.engines.memory.machine.host import ENGINE_VERSION
from engine_api.engines.memory.model import configurations
from engine_api.engines.memory.model.configurations import argv_of
from engine_api.engines.memory.model.containers import ContainerEvents, ContainerStore
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.platforms import check_is_of, parse_platform, parse_words
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.model.registry import Registry
from engine_api.engines.memory.resources.filters import boolean, check_keys, labels_match, moment
from engine_api.engines.memory.resources.images.bundles import Bundles
from engine_api.engines.memory.resources.images.filters import FILTERS, image_filter, matching
from engine_api.engines.memory.resources.images.instructions import apply_instructions
from engine_api.engines.memory.resources.images.naming import ImageNames, new_name
from engine_api.engines.memory.resources.images.pulls import Pulls
from engine_api.engines.memory.resources.images.pushes import Pushes
from engine_api.engines.memory.resources.images.removal import Removal
from engine_api.engines.memory.resources.pruning import OneAtATime
from engine_api.engines.memory.runtime.lifecycle import Lifecycle

__all__ = ["MemoryImages"]

_PRUNE_FILTERS: Final = frozenset(["dangling", "label", "label!", "until"])
_SEARCH_FILTERS: Final = frozenset(["is-automated", "is-official", "stars"])


class MemoryImages(Images):
    """Images in memory."""

    def __init__(
        self,
        *,
        store: ImageStore,
        names: ImageNames,
        registry: Registry,
        containers: ContainerStore,
        lifecycle: Lifecycle,
        events: ContainerEvents,
        clock: Clock,
    ) -> None:
        self._store = store
        self._names = names
        self._registry = registry
        self._containers = containers
        self._lifecycle = lifecycle
        self._events = events
        self._clock = clock
        self._pulls = Pulls(store=store, names=names, registry=registry, clock=clock)
        self._pushes = Pushes(store=store, names=names, registry=registry, clock=clock)
        self._bundles = Bundles(store=store, names=names, clock=clock)
        self._pruning = OneAtATime()

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
        wanted = check_keys(filters, FILTERS)
        if filter:
            wanted.setdefault("reference", []).append(filter)
        fits = image_filter(self._store, wanted, self._clock.time_ns())
        return [
            ImageSummary(
                id=image.id,
                parent_id=image.parent,
                repo_tags=_familiar(matching(image.references, wanted)),
                repo_digests=_familiar(matching(image.digests, wanted)),
                created=image.created // 1_000_000_000,
                size=image.size,
                shared_size=self._store.shared_size(image) if shared_size else -1,
                labels=image.config.labels or None,
                containers=len(self._containers.using_image(image)),
                manifests=[] if manifests else UNSET,
            )
            for image in self._store.newest_first()
            if fits(image) and (all or self._is_head(image))
        ]

    def _is_head(self, image: Image) -> bool:
        """Whether an image has a name, or is no mere step towards another."""
        return bool(image.references or image.digests or not self._store.children(image))

    async def inspect(self, name: str, *, manifests: bool = False, platform: str | None = None) -> ImageInspect:
        """All about an image."""
        if manifests and platform:
            raise InvalidParameter("conflicting options: manifests and platform options cannot both be set")
        image, _ = self._store.find(name)
        check_is_of(image, name, platform)
        base = f"/var/lib/docker/overlay2/{(image.chain_ids or [image.id])[-1][7:]}"
        tagged = image.tagged_at
        found: builtins.list[ImageManifestSummary] = []
        return ImageInspect(
            id=image.id,
            repo_tags=_familiar(image.references),
            repo_digests=_familiar(image.digests),
            parent=image.parent or UNSET,
            comment=image.comment or (image.history[-1].comment if image.history else "") or UNSET,
            created=rfc3339(image.created) if image.created else UNSET,
            container=image.container,
            container_config=image.container_config or configurations.EMPTY,
            docker_version=image.docker_version or UNSET,
            author=image.author or UNSET,
            config=configurations.shown(image.config),
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
        os_name, architecture = parse_words(platform)
        if from_image:
            return self._pulls.pull(from_image, tag, os_name, architecture, registry_auth)
        named = new_name(repo, tag) if repo else None
        return await self._pulls.import_files(
            from_src or "", named, message, os_name, architecture, changes, input_image
        )

    # Removing

    async def delete(
        self, name: str, *, force: bool = False, noprune: bool = False, platforms: Sequence[str] = ()
    ) -> builtins.list[ImageDeleteResponseItem]:
        """Remove a name, or an image."""
        return Removal(store=self._store, names=self._names, containers=self._containers).remove(
            name, force=force, prune=not noprune
        )

    async def prune(self, *, filters: Filters | None = None) -> ImagePruneResponse:
        """Remove images that no container uses."""
        wanted = check_keys(filters, _PRUNE_FILTERS)
        dangling = boolean("dangling", wanted["dangling"]) if "dangling" in wanted else True
        if len(wanted.get("until", ())) > 1:
            raise InvalidParameter("more than one until filter specified")
        until = [moment(text, self._clock.time_ns()) for text in wanted.get("until", ())]
        async with self._pruning():
            return await self._prune(wanted, dangling, min(until, default=1 << 80))

    async def _prune(self, wanted: dict[str, builtins.list[str]], dangling: bool, until: int) -> ImagePruneResponse:
        sizes = self._store.layer_sizes()
        done: builtins.list[ImageDeleteResponseItem] = []
        for image in self._store.newest_first():
            labels = image.config.labels or {}
            if (
                (not image.references and self._store.children(image))
                or image.created > until
                or not labels_match(wanted.get("label", ()), labels)
                or any(labels_match([text], labels) for text in wanted.get("label!", ()))
                or (dangling and image.references)
            ):
                continue
            names = [known.familiar for known in image.names]
            for name in names or [image.id]:
                if names and not any(known.familiar == name for known in image.names):
                    continue
                with suppress(Conflict, NotFound):
                    done += await self.delete(name)
        freed = sum(sizes.get(item.deleted, 0) for item in done if isinstance(item.deleted, str))
        self._names.publish_prune(freed)
        return ImagePruneResponse(images_deleted=done or None, space_reclaimed=freed)

    # Naming and history

    async def tag(self, name: str, *, repo: str, tag: str | None = None) -> None:
        """One more name."""
        reference = new_name(repo, tag)
        image, _ = self._store.find(name)
        self._names.name(image, reference)

    async def history(self, name: str, *, platform: str | None = None) -> builtins.list[ImageHistoryResponseItem]:
        """In which steps an image was made, newest first."""
        image, _ = self._store.find(name)
        check_is_of(image, name, platform)
        layers = iter(image.layers)
        steps = [
            ImageHistoryResponseItem(
                id="<missing>",
                created=nanoseconds(step.created) // 1_000_000_000 if step.created else 0,
                created_by=step.created_by,
                tags=None,
                size=0 if step.empty_layer else next((layer.size for layer in layers), 0),
                comment=step.comment,
            )
            for step in image.history
        ]
        steps.reverse()
        known: Image | None = image
        for item in steps:
            if known is None:
                break
            item.id = known.id
            item.tags = _familiar(known.references) or None
            known = self._store.get(known.parent)
        return steps

    # Registries

    async def push(
        self,
        name: str,
        *,
        tag: str | None = None,
        platform: str | None = None,
        registry_auth: AuthConfig | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Send an image to the registry in its name."""
        reference = new_name(name, tag) if tag else parse_reference(name)
        if platform:
            image, _ = self._store.find(reference.familiar)
            check_is_of(image, reference.familiar, platform)
        return self._pushes.push(reference, registry_auth)

    async def search(
        self,
        term: str,
        *,
        limit: int | None = None,
        filters: Filters | None = None,
        registry_auth: AuthConfig | None = None,
    ) -> builtins.list[ImageSearchResponseItem]:
        """Search a registry for repositories."""
        wanted = check_keys(filters, _SEARCH_FILTERS)
        limit = limit or 25
        if not 1 <= limit <= 100:
            raise InvalidParameter(f"limit {limit} is outside the range of [1, 100]")
        automated = boolean("is-automated", wanted["is-automated"]) if "is-automated" in wanted else False
        official = boolean("is-official", wanted["is-official"]) if "is-official" in wanted else None
        stars = 0
        for text in wanted.get("stars", ()):
            if not re.fullmatch("[+-]?[0-9]{1,18}", text):
                raise InvalidParameter(
                    f"invalid filter 'stars={text}': strconv.Atoi: parsing \"{text}\": invalid syntax"
                )
            stars = max(stars, int(text))
        found = self._registry.search(term)[:limit]
        return [
            ImageSearchResponseItem(
                star_count=one.stars,
                is_official=one.official,
                name=one.name,
                is_automated=False,
                description=one.description,
            )
            for one in found
            if not automated and one.stars >= stars and official in (None, one.official)
        ]

    # Archives

    async def get(self, name: str, *, platform: Sequence[str] = ()) -> ByteStream:
        """Save an image."""
        return await self.get_all(names=[name], platform=platform)

    async def get_all(self, *, names: Sequence[str] = (), platform: Sequence[str] = ()) -> ByteStream:
        """Save several images."""
        return self._bundles.save(names, [parse_platform(text) for text in platform])

    async def load(
        self, archive: ByteStream | None = None, *, quiet: bool = True, platform: Sequence[str] = ()
    ) -> AsyncIterator[ProgressMessage]:
        """Load images."""
        return self._bundles.load(archive or _nothing(), quiet, [parse_platform(text) for text in platform])

    # From containers

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
        reference = new_name(repo, tag) if repo else None
        found = self._containers.find(container)
        if found.state.removing:
            raise Conflict(f"You cannot commit container {found.id} which is being removed")
        pausing = pause and found.state.running and not found.state.paused
        if pausing:
            await self._lifecycle.pause(found)
        try:
            own = configurations.image_config(found.config if config is None or config == ContainerConfig() else config)
            merged = configurations.merged(apply_instructions(own, changes), configurations.image_config(found.config))
            image = Image(
                merged,
                found.committed(),
                self._clock.time_ns(),
                comment or "",
                os=found.image.os,
                architecture=found.image.architecture,
                variant=found.image.variant,
                author=author or "",
                created_by=" ".join(argv_of(found.config.cmd)),
                base=found.image,
                parent=found.image.id,
                container=found.id,
                container_config=msgspec.structs.replace(found.config),
                docker_version=ENGINE_VERSION,
            )
            image = self._names.keep(image)
            if reference is not None:
                self._names.name(image, reference)
            shown = reference.familiar if reference is not None else ""
            self._events.publish(found, "commit", comment=comment or "", imageID=image.id, imageRef=shown)
        finally:
            if pausing and found.state.paused:
                self._lifecycle.unpause(found)
        return ImageCommitResponse(id=image.id)

    # Statements

    async def attestations(
        self, name: str, *, platform: Sequence[str] = (), type: Sequence[str] = (), statement: bool = False
    ) -> builtins.list[AttestationStatement]:
        """Statements on an image."""
        if len(platform) > 1:
            raise InvalidParameter("multiple platform parameters not supported")
        image, _ = self._store.find(name)
        try:
            check_is_of(image, name, platform[0] if platform else None)
        except NotFound:
            return []
        return [
            AttestationStatement(
                descriptor=one.descriptor,
                predicate_type=one.predicate_type,
                statement=_statement(one.statement) if statement else UNSET,
            )
            for one in image.attestations
            if not type or one.predicate_type in type
        ]


def _statement(text: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError) as error:
        raise InternalError(f"the statement cannot be read: {error}") from None


def _familiar(references: Iterable[Reference]) -> list[str]:
    """References as people write them, in the order of engines."""
    return sorted(reference.familiar for reference in references)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield
