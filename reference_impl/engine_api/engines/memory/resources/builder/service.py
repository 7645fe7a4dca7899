"""The builder of the reference engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from engine_api.api.builder import Builder, BuildOutput, BuildPruneResponse
from engine_api.api.errors import InternalError, InvalidParameter, NotImplementedByEngine
from engine_api.api.filters import Filters
from engine_api.api.hostconfig import HostConfig, LogConfig, Ulimit
from engine_api.api.images import AuthConfig, ProgressMessage
from engine_api.api.streams import ByteStream
from engine_api.api.struct import UNSET
from engine_api.engines.memory.model.platforms import parse_words
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.resources.builder.build import Build, BuildPlan, Workplace
from engine_api.engines.memory.resources.builder.context import load_dockerfile, unpack_context
from engine_api.engines.memory.resources.builder.output import Output, messages_of
from engine_api.engines.memory.resources.builder.parsing import Instruction, Stage, parse_dockerfile
from engine_api.engines.memory.resources.filters import moment
from engine_api.engines.memory.userland.filesystem import FileSystem

__all__ = ["MemoryBuilder"]

_FILTERS: Final = frozenset(
    ("description", "id", "inuse", "parent", "private", "shared", "type", "unused-for", "until")
)


class MemoryBuilder(Builder):
    """The classic builder, in memory."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    async def build(
        self,
        *,
        context: ByteStream | None = None,
        dockerfile: str = "Dockerfile",
        tags: Sequence[str] = (),
        extra_hosts: Sequence[str] = (),
        remote: str | None = None,
        quiet: bool = False,
        no_cache: bool = False,
        cache_from: Sequence[str] = (),
        pull: bool = False,
        remove: bool = True,
        force_remove: bool = False,
        memory: int = 0,
        memory_swap: int = 0,
        cpu_shares: int = 0,
        cpuset_cpus: str | None = None,
        cpuset_mems: str | None = None,
        cpu_period: int = 0,
        cpu_quota: int = 0,
        cgroup_parent: str | None = None,
        build_args: Mapping[str, str | None] | None = None,
        shm_size: int = 0,
        ulimits: Sequence[Ulimit] = (),
        squash: bool = False,
        labels: Mapping[str, str] | None = None,
        network_mode: str | None = None,
        security_options: Sequence[str] = (),
        isolation: str | None = None,
        platform: str | None = None,
        target: str | None = None,
        outputs: Sequence[BuildOutput] = (),
        version: str = "1",
        session: str | None = None,
        build_id: str | None = None,
        registry_config: dict[str, AuthConfig] | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Build an image."""
        _check_supported(security_options, isolation, version, squash=squash)
        names = _names(tags)
        if version == "2":
            raise NotImplementedByEngine("this engine has the classic builder only")
        files = FileSystem()
        if remote:
            _refuse_remote(remote)
        if context is not None:
            await unpack_context(context, files)
        file = load_dockerfile(files, dockerfile)
        if platform:
            parse_words(platform)
        before, stages = parse_dockerfile(file)
        if target:
            stages = _up_to(stages, target)
        if labels:
            _add_labels(stages, labels)
        host = HostConfig(
            log_config=LogConfig(type="none"),
            network_mode=network_mode or "default",
            extra_hosts=list(extra_hosts) or None,
            ulimits=list(ulimits) or None,
            memory=memory or UNSET,
            memory_swap=memory_swap or UNSET,
            cpu_shares=cpu_shares or UNSET,
            cpu_period=cpu_period or UNSET,
            cpu_quota=cpu_quota or UNSET,
            shm_size=shm_size or UNSET,
            cpuset_cpus=cpuset_cpus or UNSET,
            cpuset_mems=cpuset_mems or UNSET,
            cgroup_parent=cgroup_parent or UNSET,
        )
        plan = BuildPlan(
            before,
            stages,
            file.escape,
            file.warnings,
            files,
            build_args or {},
            host,
            platform=platform,
            no_cache=no_cache,
            cache_from=cache_from,
            pull=pull,
            remove=remove or force_remove,
            force_remove=force_remove,
        )

        async def run(output: Output) -> str:
            image = await Build(self._workplace, plan, output).run()
            await output.text(f"Successfully built {image.short}\n")
            for name in names:
                self._workplace.names.name(image, name)
                await output.text(f"Successfully tagged {name.familiar}\n")
            return image.id

        return messages_of(run, quiet=quiet)

    async def prune(
        self,
        *,
        keep_storage: int = 0,
        reserved_space: int = 0,
        max_used_space: int = 0,
        min_free_space: int = 0,
        all: bool = False,
        filters: Filters | None = None,
    ) -> BuildPruneResponse:
        """Remove nothing: there is no cache besides the images."""
        for key, values in (filters or {}).items():
            if key not in _FILTERS:
                raise InvalidParameter(f"failed to prune build cache: invalid filter '{key}'")
            if len(values) > 1:
                raise InvalidParameter("failed to prune build cache: filters expect only one value")
            if key in ("until", "unused-for"):
                for value in values:
                    self._check_time(key, value)
        return BuildPruneResponse(caches_deleted=None, space_reclaimed=0)

    def _check_time(self, key: str, text: str) -> None:
        try:
            moment(text, self._workplace.clock.time_ns())
        except InvalidParameter:
            raise InvalidParameter(
                f"failed to prune build cache: \"{key}\" filter expects a duration (e.g., '24h') or a timestamp: "
                f'parsing time "{text}" as "2006-01-02": cannot parse "{text}" as "2006"'
            ) from None

    async def cancel(self, *, id: str = "") -> None:
        """Cancel nothing: BuildKit is not there, and a classic build ends with its connection."""
        if not id:
            raise InvalidParameter("build ID not provided")


def _check_supported(security_options: Sequence[str], isolation: str | None, version: str, *, squash: bool) -> None:
    """Refuse options that the classic builder of Linux does not support.

    Raises:
        InvalidParameter: one is given.
    """
    if security_options:
        raise InvalidParameter("security options are not supported on linux")
    if isolation and isolation != "default":
        raise InvalidParameter(f'unsupported isolation: "{isolation}"')
    if version not in ("1", "2"):
        raise InvalidParameter(f'invalid version "{version}"')
    if squash:
        raise InvalidParameter("squash is only supported with experimental mode")


def _names(tags: Sequence[str]) -> list[Reference]:
    """The references of tags, each once.

    Raises:
        InternalError: one is malformed, or a digest.
    """
    found: dict[Reference, None] = {}
    for text in tags:
        if not text:
            continue
        try:
            reference = parse_reference(text).tagged()
        except InvalidParameter as error:
            raise InternalError(error.message) from None
        if reference.digest:
            raise InternalError("build tag cannot contain a digest")
        found[reference] = None
    return list(found)


def _refuse_remote(remote: str) -> None:
    """Refuse to fetch a context."""
    if remote == "client-session":
        raise InvalidParameter(
            "experimental session with v1 builder is no longer supported, use builder version v2 (BuildKit) instead"
        )
    if remote.startswith(("http://", "https://")) and not remote.endswith(".git"):
        raise InternalError(
            f'error downloading remote context {remote}: Get "{remote}": this engine opens no connections'
        )
    if remote.startswith(("http://", "https://", "git://", "git@", "github.com/")):
        raise InternalError(f"error fetching: {remote}: this engine opens no connections")
    raise InternalError(f"remoteURL ({remote}) could not be recognized as URL")


def _up_to(stages: list[Stage], target: str) -> list[Stage]:
    """The stages up to one of a name."""
    for index, stage in enumerate(stages):
        if stage.name == target.lower():
            return stages[: index + 1]
    raise InvalidParameter(f'target stage "{target}" could not be found')


def _add_labels(stages: list[Stage], labels: Mapping[str, str]) -> None:
    """Labels that a build was given, as instructions at its end."""
    for name, value in sorted(labels.items()):
        stages[-1].instructions.append(Instruction("LABEL", f"LABEL {name}={value}", [name, value], literal=True))
