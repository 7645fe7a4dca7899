"""Building images from a Dockerfile and its context, with the classic builder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Protocol

from engine_api.api.errors import InternalError, InvalidParameter
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.hostconfig import Ulimit
from engine_api.api.images import AuthConfig, ProgressMessage
from engine_api.api.operation import operation
from engine_api.api.streams import ByteStream
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import Deprecated, OneOf, Since, Until, Value

__all__ = ["BuildOutput", "BuildPruneResponse", "Builder"]


class BuildOutput(ApiStruct):
    """Where BuildKit puts what it built; the classic builder does not look at it."""

    type: str | UnsetType = UNSET
    """What is written, such as `moby`."""
    attrs: dict[str, str] | None | UnsetType = UNSET
    """Options of that, by their names."""


class BuildPruneResponse(ApiStruct):
    """What was removed from the build cache."""

    caches_deleted: Annotated[list[str] | None | UnsetType, Since("1.39")] = UNSET
    """The IDs of what was removed; null if there was nothing."""
    space_reclaimed: int | UnsetType = UNSET
    """Bytes that are free again."""


class Builder(Protocol):
    """Building images from a Dockerfile and its context, with the classic builder."""

    @operation(
        "ImageBuild",
        changes=True,
        errors={
            InvalidParameter: (
                "the Dockerfile or a parameter has a mistake, or `squash` is asked of an engine without it",
                "1.26",
                None,
            ),
            InternalError: "the context has no such Dockerfile, a tag is malformed, or the engine failed",
        },
    )
    async def build(
        self,
        *,
        context: ByteStream | None = None,
        dockerfile: str = "Dockerfile",
        tags: Sequence[str] = (),
        extra_hosts: Annotated[Sequence[str], Since("1.28")] = (),
        remote: str | None = None,
        quiet: bool = False,
        no_cache: bool = False,
        cache_from: Annotated[Sequence[str], Since("1.25")] = (),
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
        squash: Annotated[bool, Since("1.25")] = False,
        labels: Mapping[str, str] | None = None,
        network_mode: Annotated[str | None, Since("1.25")] = None,
        security_options: Sequence[str] = (),
        isolation: str | None = None,
        platform: Annotated[str | None, Since("1.32")] = None,
        target: Annotated[str | None, Since("1.29")] = None,
        outputs: Annotated[Sequence[BuildOutput], Since("1.40")] = (),
        version: Annotated[
            str,
            Since("1.38"),
            OneOf(Value("1", "the classic builder"), Value("2", "BuildKit")),
        ] = "1",
        session: str | None = None,
        build_id: str | None = None,
        registry_config: dict[str, AuthConfig] | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Build an image from a Dockerfile and the files beside it.

        Args:
            context: a tar archive of the Dockerfile and the files that it copies, plain or compressed with gzip,
                bzip2 or xz.
            dockerfile: the path of the Dockerfile in the context.
            tags: names of the image: `NAME[:TAG]`; repeat it for several.
            extra_hosts: further lines of `/etc/hosts` for the commands: `NAME:ADDRESS`; repeat it for several.
            remote: where the engine fetches the context, in place of a body: a Git repository, an archive, or a
                Dockerfile alone, by its address.
            quiet: return only the ID of the image, or the error.
            no_cache: run every instruction, even if an image of an earlier build has its result.
            cache_from: images whose layers count as results of earlier builds, as a JSON array of references.
            pull: ask the registry for the images that are built on, even if they are there.
            remove: remove the containers in which instructions ran, if the build succeeds.
            force_remove: remove them in any case.
            memory: bytes of memory that an instruction may take; 0 for no limit.
            memory_swap: bytes of memory and swap together; -1 for no limit, 0 for twice the memory.
            cpu_shares: weight among other containers; 0 for the engine's default.
            cpuset_cpus: the CPUs to run on, such as `0-3` or `0,1`.
            cpuset_mems: the memory nodes to use, such as `0-3` or `0,1`; in no published document.
            cpu_period: the length of a period of the CPU quota, in microseconds.
            cpu_quota: microseconds of CPU time in a period.
            cgroup_parent: the control group that the containers are put below; in no published document.
            build_args: values for the Dockerfile's `ARG` instructions, as a JSON object; null takes back a value.
            shm_size: bytes of `/dev/shm`; 0 for the engine's default, 64 MB.
            ulimits: limits of the processes, as a JSON array; in no published document.
            squash: merge the new layers into one; for engines with experimental features.
            labels: labels of the image, as a JSON object.
            network_mode: the network of the commands: `bridge`, `host`, `none`, `container:ID` or a network's name.
            security_options: refused but on Windows; in no published document.
            isolation: how containers are isolated on Windows; in no published document.
            platform: what the image is for: `os[/arch[/variant]]`. Published from v1.34.
            target: the stage to build, by its name or number. Published from v1.37. Default: the last.
            outputs: where BuildKit puts the result, as a JSON array.
            version: which builder builds.
            session: the session of the client that BuildKit calls back to; in no published document.
            build_id: what the build is called, so that it can be cancelled; in no published document.
            registry_config: credentials for registries, by their names.
        """
        ...

    @operation(
        "BuildPrune",
        changes=True,
        since="1.31",
        errors={InternalError: "the engine failed"},
    )
    async def prune(
        self,
        *,
        keep_storage: Annotated[int, Since("1.39"), Until("1.51"), Deprecated("1.48")] = 0,
        reserved_space: Annotated[int, Since("1.48")] = 0,
        max_used_space: Annotated[int, Since("1.48")] = 0,
        min_free_space: Annotated[int, Since("1.48")] = 0,
        all: Annotated[bool, Since("1.39")] = False,
        filters: Annotated[
            Filters | None,
            Since("1.39"),
            FilterKeys(
                Value("description", "of this description"),
                Value("id", "of this ID"),
                Value("inuse", "in use"),
                Value("parent", "made from this record"),
                Value("private", "used by no image"),
                Value("shared", "used by images too"),
                Value("type", "of this type, such as `regular` or `exec.cachemount`"),
                Value("until", "not used since this time: a duration before now such as `24h`, or a time"),
            ),
        ] = None,
    ) -> BuildPruneResponse:
        """Remove what BuildKit keeps to build faster; the classic builder's cache are images.

        Args:
            keep_storage: bytes of the cache that may stay; the name of `reserved-space` before v1.48.
            reserved_space: bytes of the cache that may stay in any case.
            max_used_space: bytes that the cache may have.
            min_free_space: bytes of the disk that are to be free.
            all: also what further builds are likely to use.
            filters: which records.
        """
        ...

    @operation("BuildCancel", changes=True, errors={InvalidParameter: "no build is named"})
    async def cancel(self, *, id: str = "") -> None:
        """Cancel a build of BuildKit. In no published document.

        Args:
            id: the build, by the `buildid` that it was begun with; nothing happens if there is none.
        """
        ...
