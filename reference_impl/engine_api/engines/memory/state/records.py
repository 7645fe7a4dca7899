"""What is kept of each thing: documents without references to live objects, which others are named in."""

from __future__ import annotations

import ipaddress
from typing import Final, TypeVar

import msgspec

from engine_api.api.containers import ContainerConfig
from engine_api.api.health import HealthcheckResult
from engine_api.api.hostconfig import HostConfig
from engine_api.api.images import ImageConfig
from engine_api.api.networks import EndpointSettings, NetworkCreateRequest
from engine_api.engines.memory.model.images import Attestation, Step
from engine_api.engines.memory.model.references import Reference
from engine_api.engines.memory.userland.programs import User

__all__ = [
    "KINDS",
    "PREPARED",
    "ContainerRecord",
    "EngineRecord",
    "HostRecord",
    "ImageRecord",
    "LineRecord",
    "MountRecord",
    "NamesRecord",
    "NetworkRecord",
    "PoolRecord",
    "Record",
    "RepositoryRecord",
    "VolumeRecord",
    "decode",
    "encode",
]


PREPARED: Final = "prepared:"
"""What names an image that is not kept, as every engine makes it anew: this, and its reference."""


class Record(msgspec.Struct, omit_defaults=True):
    """Something that is kept. Trees, layers and contents are named by their digests."""


R = TypeVar("R", bound=Record)


class EngineRecord(Record):
    """The engine itself."""

    id: str
    starts: int = 0
    """How often it was started on this state before."""
    order: int = 0
    """How many containers there have been."""
    prepared: list[str] = []
    """The references of the images that were there from the start, also of those that were removed since."""


class HostRecord(Record):
    """The files of the pretended host."""

    tree: bytes


class ImageRecord(Record):
    """What of an image follows from its ID, and so never changes."""

    config: ImageConfig
    tree: bytes
    created: int
    comment: str
    os: str
    architecture: str
    variant: str
    author: str
    created_by: str
    container: str
    docker_version: str
    document: bytes
    layers: list[bytes] = []
    history: list[Step] = []
    attestations: list[Attestation] = []
    container_config: ContainerConfig | None = None


class NamesRecord(Record):
    """What the engine notes of an image that it has."""

    image: str
    """The image's ID, or the name of one that is prepared."""
    references: list[Reference] = []
    digests: list[Reference] = []
    tagged_at: int | None = None
    parent: str = ""


class RepositoryRecord(Record):
    """What was pushed to a repository of the pretended registry."""

    host: str
    path: str
    tags: dict[str, str] = {}
    """The image by tag: its ID, or the name of one that is prepared."""
    images: list[str] = []
    """All of them, likewise."""


class VolumeRecord(Record):
    """A volume."""

    driver: str
    created: int
    tree: bytes
    labels: dict[str, str] | None = None
    options: dict[str, str] | None = None


class PoolRecord(Record):
    """The addresses of a network in one subnet."""

    subnet: str
    range: str
    configured: bool
    gateway: str
    taken: list[str] = []


class NetworkRecord(Record):
    """A network."""

    name: str
    driver: str
    created: int
    config: NetworkCreateRequest
    pools: list[PoolRecord] = []


class MountRecord(Record):
    """Something that stands at a path of a container."""

    kind: str
    target: str
    readonly: bool = False
    volume: str = ""
    tree: bytes = b""
    """The files of an image."""
    own: bool = False
    source: str = ""
    place: str = ""
    inside: str = ""
    mode: str = ""
    propagation: str = ""
    limit: int = 0
    bits: int = 0o1777
    shown: bool = True


class ContainerRecord(Record):
    """A container, without its log. What ran when it was kept runs no longer."""

    name: str
    config: ContainerConfig
    host: HostConfig
    image: str
    image_name: str
    argv: list[str]
    created: int
    endpoints: dict[str, EndpointSettings]
    order: int
    tree: bytes
    base: bytes
    mac_addresses: dict[str, str] = {}
    mounts: list[MountRecord] = []
    ran: bool = False
    paused: bool = False
    exit_code: int = 0
    error: str = ""
    started_at: int | None = None
    finished_at: int | None = None
    restart_count: int = 0
    stopped_by_hand: bool = False
    removing: bool = False
    """Whether it was being removed: then it is removed."""
    user: User = msgspec.field(default_factory=User)
    begun: dict[int, bytes] = {}
    """What its process wrote of a line that is not complete, by stream."""
    health: list[HealthcheckResult] = []
    health_status: str = "none"
    failing_streak: int = 0


class LineRecord(Record, array_like=True):
    """A line of a container's log."""

    time: int
    stream: int
    data: bytes


KINDS: Final[dict[str, type[Record]]] = {
    "engine": EngineRecord,
    "host": HostRecord,
    "image": ImageRecord,
    "names": NamesRecord,
    "repository": RepositoryRecord,
    "volume": VolumeRecord,
    "network": NetworkRecord,
    "container": ContainerRecord,
}
"""The documents by their kinds; in this order what a document refers to comes before it."""


def _plain(value: object) -> object:
    if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return str(value)
    raise NotImplementedError(type(value))


_ENCODER: Final = msgspec.msgpack.Encoder(enc_hook=_plain)


def encode(record: Record) -> bytes:
    """A record as it is written."""
    return _ENCODER.encode(record)


def decode(kind: type[R], data: bytes) -> R:
    """Return the record of a type that `encode` wrote.

    Raises:
        msgspec.DecodeError: the data is malformed.
    """
    return msgspec.msgpack.decode(data, type=kind)
