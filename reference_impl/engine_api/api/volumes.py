"""Volumes: storage that outlives containers."""

from __future__ import annotations

from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.errors import Conflict, InternalError, InvalidParameter, NotFound, Unavailable
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.operation import operation
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.swarm import ObjectVersion
from engine_api.api.versions import OneOf, Since, Value

__all__ = [
    "CapacityRange",
    "ClusterVolume",
    "ClusterVolumeAccessMode",
    "ClusterVolumeInfo",
    "ClusterVolumePublishStatus",
    "ClusterVolumeSecret",
    "ClusterVolumeSpec",
    "Topology",
    "TopologyRequirement",
    "Volume",
    "VolumeCreateRequest",
    "VolumeListResponse",
    "VolumePruneResponse",
    "VolumeTypeBlock",
    "VolumeTypeMount",
    "VolumeUpdateRequest",
    "VolumeUsageData",
    "Volumes",
]


class VolumeTypeMount(ApiStruct):
    """How a cluster volume is used as a file system."""

    fs_type: str | UnsetType = UNSET
    """The kind of file system. Default: the plugin's own choice."""
    mount_flags: list[str] | None | UnsetType = UNSET
    """Options for mounting it."""


class VolumeTypeBlock(ApiStruct):
    """How a cluster volume is used as a device of blocks; there is nothing to choose."""


class ClusterVolumeAccessMode(ApiStruct):
    """How tasks use a cluster volume."""

    scope: Annotated[
        str | UnsetType, OneOf(Value("single", "by one node at a time"), Value("multi", "by several at a time"))
    ] = UNSET
    """How many nodes use it. Default: `single`."""
    sharing: Annotated[
        str | UnsetType,
        OneOf(
            Value("none", "by one task at a time"),
            Value("readonly", "by any number, but none writes"),
            Value("onewriter", "by any number, and one writes"),
            Value("all", "by any number, and all write"),
        ),
    ] = UNSET
    """How many tasks use it. Default: `none`."""
    mount_volume: VolumeTypeMount | None | UnsetType = UNSET
    """Set for a file system; either this or `block_volume`."""
    block_volume: VolumeTypeBlock | None | UnsetType = UNSET
    """Set for a device of blocks."""


class Topology(ApiStruct):
    """A place in the world, as storage sees it."""

    segments: dict[str, str] | None | UnsetType = UNSET
    """The parts of the place, such as `zone` and which one."""


class TopologyRequirement(ApiStruct):
    """From where a cluster volume has to be reached."""

    requisite: list[Topology] | None | UnsetType = UNSET
    """From one of these places at least."""
    preferred: list[Topology] | None | UnsetType = UNSET
    """From these places, if that can be, the first one first."""


class CapacityRange(ApiStruct):
    """How large a cluster volume is to be."""

    required_bytes: int | UnsetType = UNSET
    """At least so many bytes; 0 for any."""
    limit_bytes: int | UnsetType = UNSET
    """At most so many bytes; 0 for any."""


class ClusterVolumeSecret(ApiStruct):
    """A secret that the plugin of a cluster volume gets."""

    key: str | UnsetType = UNSET
    """What the plugin calls it."""
    secret: str | UnsetType = UNSET
    """The name or ID of the secret in the swarm; names need the prefix `name:`."""


class ClusterVolumeSpec(ApiStruct):
    """What a cluster volume is to be."""

    group: str | UnsetType = UNSET
    """A name that volumes share which can stand for each other."""
    access_mode: ClusterVolumeAccessMode | None | UnsetType = UNSET
    """How tasks use it."""
    accessibility_requirements: TopologyRequirement | None | UnsetType = UNSET
    """From where it has to be reached."""
    capacity_range: CapacityRange | None | UnsetType = UNSET
    """How large it is to be."""
    secrets: list[ClusterVolumeSecret] | None | UnsetType = UNSET
    """Secrets for the plugin."""
    availability: Annotated[
        str | UnsetType,
        OneOf(
            Value("active", "tasks can use it"),
            Value("pause", "no further tasks get it; those that use it go on"),
            Value("drain", "tasks that use it are moved away"),
        ),
    ] = UNSET
    """Whether tasks can use it. Default: `active`."""


class ClusterVolumePublishStatus(ApiStruct):
    """How far a cluster volume is on its way to a node."""

    node_id: str | UnsetType = field(default=UNSET, name="NodeID")
    """The node."""
    state: Annotated[
        str | UnsetType,
        OneOf(
            Value("pending-publish", "the plugin has not brought it there yet"),
            Value("published", "it is there"),
            Value("pending-node-unpublish", "the node has not let go of it yet"),
            Value("pending-controller-unpublish", "the plugin has not taken it away yet"),
        ),
    ] = UNSET
    """How far it is."""
    publish_context: dict[str, str] | None | UnsetType = UNSET
    """What the plugin said of it."""


class ClusterVolumeInfo(ApiStruct):
    """What the storage plugin says of a cluster volume."""

    capacity_bytes: int | UnsetType = UNSET
    """Its size in bytes; 0 if that is not known."""
    volume_context: dict[str, str] | None | UnsetType = UNSET
    """What the plugin said when it was made."""
    volume_id: str | UnsetType = field(default=UNSET, name="VolumeID")
    """What the plugin calls it; empty while it has not been made."""
    accessible_topology: list[Topology] | None | UnsetType = UNSET
    """From where it can be reached."""


class ClusterVolume(ApiStruct):
    """What only volumes of a swarm have."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """Its ID in the swarm, which can stand for the name."""
    version: ObjectVersion | UnsetType = UNSET
    """Which change of it this is."""
    created_at: str | UnsetType = UNSET
    """When it was made, in RFC 3339."""
    updated_at: str | UnsetType = UNSET
    """When it was changed last, in RFC 3339."""
    spec: ClusterVolumeSpec | UnsetType = UNSET
    """What it is to be."""
    publish_status: list[ClusterVolumePublishStatus] | None | UnsetType = UNSET
    """On which nodes it is."""
    info: ClusterVolumeInfo | None | UnsetType = UNSET
    """What the storage plugin says of it."""


class VolumeUsageData(ApiStruct):
    """What a volume takes, and who uses it."""

    size: int | UnsetType = UNSET
    """Bytes of its files; -1 if that is not known, as for drivers other than `local`."""
    ref_count: int | UnsetType = UNSET
    """How many containers refer to it, running or not; -1 if that is not known."""


class Volume(ApiStruct):
    """A volume."""

    cluster_volume: Annotated[ClusterVolume | None | UnsetType, Since("1.42")] = UNSET
    """What only volumes of a swarm have."""
    created_at: Annotated[str | UnsetType, Since("1.31")] = UNSET
    """When it was made, in RFC 3339 without fractions of seconds."""
    driver: str | UnsetType = UNSET
    """The driver that keeps it."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Labels; null if none were given."""
    mountpoint: str | UnsetType = UNSET
    """Where it lies on the host."""
    name: str | UnsetType = UNSET
    """Its name."""
    options: Annotated[dict[str, str] | None | UnsetType, Since("1.25")] = UNSET
    """Settings of the driver; null if none were given."""
    scope: Annotated[
        str | UnsetType, OneOf(Value("local", "on this engine"), Value("global", "on all that the driver reaches"))
    ] = UNSET
    """How far it reaches."""
    status: dict[str, object] | UnsetType = UNSET
    """What the driver says of it; absent if it says nothing."""
    usage_data: Annotated[VolumeUsageData | None | UnsetType, Since("1.25")] = UNSET
    """What it takes, and who uses it; only where disk usage is asked for."""


class VolumeCreateRequest(ApiStruct):
    """What a new volume is to be."""

    name: str | UnsetType = UNSET
    """Its name. Default: 64 hexadecimal digits."""
    driver: str | UnsetType = UNSET
    """The driver that keeps it. Default: `local`."""
    driver_opts: dict[str, str] | None | UnsetType = UNSET
    """Settings of the driver; `local` knows `type`, `o`, `device` and `size`."""
    labels: dict[str, str] | None | UnsetType = UNSET
    """Labels."""
    cluster_volume_spec: Annotated[ClusterVolumeSpec | None | UnsetType, Since("1.42")] = UNSET
    """Makes it a volume of the swarm; on managers only."""


class VolumeUpdateRequest(ApiStruct):
    """What a cluster volume is to be from now on."""

    spec: ClusterVolumeSpec | UnsetType = UNSET
    """All of it; only `Availability` may differ from what it is."""


class VolumeListResponse(ApiStruct):
    """Volumes."""

    volumes: list[Volume] | None | UnsetType = UNSET
    """The volumes."""
    warnings: list[str] | None | UnsetType = UNSET
    """Drivers that could not be asked; null if all could."""


class VolumePruneResponse(ApiStruct):
    """What was removed."""

    volumes_deleted: list[str] | None | UnsetType = UNSET
    """The names of the volumes."""
    space_reclaimed: int | UnsetType = UNSET
    """How many bytes they took."""


class Volumes(Protocol):
    """Volumes: storage that outlives containers."""

    @operation(
        "VolumeList",
        changes=False,
        errors={InvalidParameter: "a filter is malformed", InternalError: "the engine failed"},
    )
    async def list(
        self,
        *,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("dangling", "`true`: no container refers to it; `false`: one does"),
                Value("driver", "has this driver"),
                Value("label", "has this label: `KEY` or `KEY=VALUE`", since="1.27"),
                Value("name", "this regular expression is found in its name"),
            ),
        ] = None,
    ) -> VolumeListResponse:
        """List volumes.

        Args:
            filters: which ones. Default: all.
        """
        ...

    @operation(
        "VolumeCreate",
        changes=True,
        errors={
            InvalidParameter: "the name is malformed, or the driver does not know an option",
            NotFound: "there is no such driver",
            Conflict: "the name is taken by a volume of another driver",
            InternalError: "the engine failed",
            Unavailable: ("a cluster volume was asked for outside a swarm", "1.42", None),
        },
    )
    async def create(self, volume_config: VolumeCreateRequest) -> Volume:
        """Make a volume, or give the one that has the name already, as it is.

        Args:
            volume_config: what it is to be.
        """
        ...

    @operation(
        "VolumeInspect", changes=False, errors={NotFound: "there is no such volume", InternalError: "the engine failed"}
    )
    async def inspect(self, name: str) -> Volume:
        """Return a volume.

        Args:
            name: its name; for cluster volumes also the ID.
        """
        ...

    @operation(
        "VolumeUpdate",
        changes=True,
        since="1.42",
        errors={
            InvalidParameter: "the version is missing or malformed, or the change is not allowed",
            NotFound: "there is no such cluster volume",
            InternalError: "the engine failed, or the volume has changed since that version",
            Unavailable: "the node is no manager of a swarm",
        },
    )
    async def update(self, name: str, *, version: int, spec: VolumeUpdateRequest) -> None:
        """Change whether tasks can use a cluster volume.

        Args:
            name: its name or ID.
            version: the `Version.Index` of the volume that the update was made from.
            spec: what it is to be.
        """
        ...

    @operation(
        "VolumeDelete",
        changes=True,
        errors={
            NotFound: "there is no such volume",
            Conflict: "a container refers to it, running or not",
            InternalError: "the engine failed",
        },
    )
    async def delete(self, name: str, *, force: Annotated[bool, Since("1.25")] = False) -> None:
        """Remove a volume with all that is in it.

        Args:
            name: its name; for cluster volumes also the ID.
            force: whether it is no error if it is not there; also removes one that its driver has lost.
        """
        ...

    @operation(
        "VolumePrune",
        changes=True,
        since="1.25",
        errors={
            InvalidParameter: "a filter is unknown or malformed",
            Conflict: "volumes are being pruned already",
            InternalError: "the engine failed",
        },
    )
    async def prune(
        self,
        *,
        filters: Annotated[
            Filters | None,
            FilterKeys(
                Value("all", "`true`: also volumes that have a name; they are the default before v1.42", since="1.42"),
                Value("label", "has this label: `KEY` or `KEY=VALUE`", since="1.29"),
                Value("label!", "does not have this label: `KEY` or `KEY=VALUE`", since="1.29"),
            ),
        ] = None,
    ) -> VolumePruneResponse:
        """Remove the volumes that no container refers to: those without a name, unless the filter `all` is set.

        Args:
            filters: which ones. Default: all anonymous ones.
        """
        ...
