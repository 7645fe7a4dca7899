"""The table: the request and the response of each operation over HTTP.

Most of it follows from the signature of the operation: an argument named in the braces of the path is part of the path,
a struct is the JSON body, a byte stream is the tar body, and all other arguments are query parameters of the same name.
A row has the exceptions.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Union, get_args, get_origin

from engine_api.api.builder import Builder, BuildOutput
from engine_api.api.configs import Configs
from engine_api.api.containers import Containers
from engine_api.api.distribution import Distribution
from engine_api.api.errors import EngineError, InternalError, InvalidParameter
from engine_api.api.exec import Exec
from engine_api.api.filters import FilterKeys
from engine_api.api.hostconfig import Ulimit
from engine_api.api.images import Images
from engine_api.api.networks import Networks
from engine_api.api.nodes import Nodes
from engine_api.api.operation import Operation, Parameter, operation_of
from engine_api.api.plugins import Plugins
from engine_api.api.secrets import Secrets
from engine_api.api.services import Services
from engine_api.api.session import Session
from engine_api.api.streams import ByteStream
from engine_api.api.struct import ApiStruct
from engine_api.api.swarm import Swarm
from engine_api.api.system import System
from engine_api.api.tasks import Tasks
from engine_api.api.versions import Version
from engine_api.api.volumes import Volumes
from engine_api.formats.annotation import Annotation
from engine_api.wire import queries
from engine_api.wire.media import OCTETS, TAR
from engine_api.wire.queries import QueryKind

__all__ = ["BINDINGS", "EARLY_SINCE", "Argument", "Binding", "Place", "ResponseKind", "binding_of", "plain_type"]


EARLY_SINCE = Version(1, 30)
"""The first version in which the headers of an `EARLY_JSON` response are sent at once."""


class ResponseKind(Enum):
    """The form of an operation's response."""

    EMPTY = "nothing"
    JSON = "one JSON document"
    EARLY_JSON = "headers at once, one JSON document later"
    PING = "headers, and the text OK"
    PING_HEAD = "headers only"
    MESSAGES = "JSON documents, each ended by CR LF"
    DOCUMENTS = "headers at once, JSON documents as they come, each ended by LF"
    BYTES = "bytes, such as an archive"
    ARCHIVE = "a header that describes a path, and a tar"
    PATH_STAT = "a header that describes a path"
    OUTPUT = "the output of a process"
    DUPLEX = "a connection taken over for a process's streams"
    WEBSOCKET = "a websocket for a process's streams"


class Place(Enum):
    """The part of a request that has an argument."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    JSON = "JSON body"
    TAR = "tar body"
    LOCAL = "not sent"


@dataclass(frozen=True)
class Argument:
    """An argument of an operation, with its place in the request."""

    parameter: Parameter
    place: Place
    name: str
    """The name on the wire."""
    kind: Any
    """The type without marks and null."""
    query: QueryKind | None = None


@dataclass(frozen=True)
class Binding:
    """A row of the table."""

    verb: str
    path: str
    """The path without version prefix. Braces hold names of arguments, whose values may contain slashes."""
    method: Callable[..., Annotation] = field(compare=False)
    """The Protocol method that declares the operation."""
    status: int = 200
    """The status of success."""
    names: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Names on the wire, where they differ from the names of arguments."""
    kinds: Mapping[str, QueryKind] = field(default_factory=dict, compare=False)
    """Kinds of query arguments that do not follow from their types."""
    response: ResponseKind = ResponseKind.JSON
    media: str = TAR
    """The media type of a response of bytes."""
    negotiated: bool = False
    """Whether the client selects the media type of documents by `Accept`."""
    body_optional: bool = False
    """Whether the JSON body may be omitted."""
    refuses_body: str = ""
    """The error message for a request body that is no longer supported; empty if a body is ignored."""
    also: Sequence[str] = ()
    """Further paths of the operation, which the published documents lack."""
    upgrade: str = "tcp"
    """The protocol of a connection that is taken over: `tcp` for the streams of a process, or another protocol."""
    without_upgrade: type[EngineError] = InvalidParameter
    """The error for a request that does not ask for that other protocol."""

    @cached_property
    def operation(self) -> Operation:
        """The operation."""
        return operation_of(self.method)

    @cached_property
    def resource(self) -> str:
        """The attribute of `Engine` that has the operation, such as `containers`."""
        return self.operation.resource

    @cached_property
    def arguments(self) -> Mapping[str, Argument]:
        """The arguments, by their names in the signature."""
        return {name: self._argument(parameter) for name, parameter in self.operation.parameters.items()}

    @cached_property
    def json_argument(self) -> Argument | None:
        """The argument that is the JSON body, or None."""
        return next((a for a in self.arguments.values() if a.place is Place.JSON), None)

    @cached_property
    def tar_argument(self) -> Argument | None:
        """The argument that is the tar body, or None."""
        return next((a for a in self.arguments.values() if a.place is Place.TAR), None)

    @cached_property
    def result(self) -> Any:
        """The type of the JSON response, or of each of its documents; None if the response is not JSON."""
        if self.response in (ResponseKind.JSON, ResponseKind.EARLY_JSON):
            return self.operation.returns
        if self.response in (ResponseKind.MESSAGES, ResponseKind.DOCUMENTS):
            return get_args(self.operation.returns)[0]
        return None

    def _argument(self, parameter: Parameter) -> Argument:
        kind = plain_type(parameter.annotation)
        name = self.names.get(parameter.name, parameter.name)
        if "{" + parameter.name + "}" in self.path:
            return Argument(parameter, Place.PATH, name, kind)
        if kind == ByteStream:
            return Argument(parameter, Place.TAR, name, kind)
        if get_origin(kind) is get_origin(Callable[[], object]):
            return Argument(parameter, Place.LOCAL, name, kind)
        if name.startswith("X-"):
            return Argument(parameter, Place.HEADER, name, kind)
        if get_origin(kind) is list:
            return Argument(parameter, Place.JSON, name, kind)
        if isinstance(kind, type) and issubclass(kind, ApiStruct):
            return Argument(parameter, Place.JSON, name, kind)
        return Argument(parameter, Place.QUERY, name, kind, self.kinds.get(parameter.name) or _query_kind(parameter))


def plain_type(annotation: Annotation) -> Annotation:
    """Return a type without marks, null and UNSET."""
    if hasattr(annotation, "__metadata__"):
        return plain_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None) and part.__name__ != "UnsetType"]
        if len(parts) == 1:
            return plain_type(parts[0])
    return annotation


_QUERY_KINDS: Mapping[object, QueryKind] = {bool: queries.BOOLEAN, int: queries.INTEGER, str: queries.TEXT}


def _query_kind(parameter: Parameter) -> QueryKind:
    if any(isinstance(mark, FilterKeys) for mark in getattr(parameter.annotation, "__metadata__", ())):
        return queries.FILTERS
    kind = plain_type(parameter.annotation)
    if kind == Sequence[str]:
        return queries.TEXTS
    return _QUERY_KINDS[kind]


_REGISTRY_AUTH = {"registry_auth": "X-Registry-Auth"}
_SIZE: Mapping[str, Any] = {
    "names": {"height": "h", "width": "w"},
    "kinds": {"height": queries.HEIGHT, "width": queries.WIDTH},
}
_TIMES = {"since": queries.UNIX_TIME, "until": queries.UNIX_TIME}
_DETACH = {"detach_keys": "detachKeys"}
_SPACES = ("keep_storage", "reserved_space", "max_used_space", "min_free_space")

BINDINGS: tuple[Binding, ...] = (
    Binding("GET", "/_ping", System.ping, response=ResponseKind.PING),
    Binding("HEAD", "/_ping", System.ping_head, response=ResponseKind.PING_HEAD),
    Binding("GET", "/version", System.version),
    Binding("GET", "/info", System.info),
    Binding("POST", "/auth", System.auth),
    Binding("GET", "/events", System.events, response=ResponseKind.DOCUMENTS, negotiated=True),
    Binding("GET", "/system/df", System.data_usage),
    Binding("GET", "/containers/json", Containers.list),
    Binding("POST", "/containers/create", Containers.create, 201),
    Binding("GET", "/containers/{id}/json", Containers.inspect),
    Binding(
        "POST",
        "/containers/{id}/start",
        Containers.start,
        204,
        _DETACH,
        response=ResponseKind.EMPTY,
        refuses_body=(
            "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24"
        ),
    ),
    Binding("POST", "/containers/{id}/stop", Containers.stop, 204, {"timeout": "t"}, response=ResponseKind.EMPTY),
    Binding("POST", "/containers/{id}/kill", Containers.kill, 204, response=ResponseKind.EMPTY),
    Binding("POST", "/containers/{id}/wait", Containers.wait, response=ResponseKind.EARLY_JSON),
    Binding("POST", "/containers/{id}/attach", Containers.attach, 101, _DETACH, response=ResponseKind.DUPLEX),
    Binding("GET", "/containers/{id}/logs", Containers.logs, kinds=_TIMES, response=ResponseKind.OUTPUT),
    Binding("POST", "/containers/{id}/resize", Containers.resize, **_SIZE, response=ResponseKind.EMPTY),
    Binding(
        "POST",
        "/containers/{id}/restart",
        Containers.restart,
        204,
        {"timeout": "t"},
        {"timeout": queries.UNCLASSIFIED_INTEGER},
        response=ResponseKind.EMPTY,
    ),
    Binding("POST", "/containers/{id}/pause", Containers.pause, 204, response=ResponseKind.EMPTY),
    Binding("POST", "/containers/{id}/unpause", Containers.unpause, 204, response=ResponseKind.EMPTY),
    Binding("POST", "/containers/{id}/rename", Containers.rename, 204, response=ResponseKind.EMPTY),
    Binding("POST", "/containers/{id}/update", Containers.update, body_optional=True),
    Binding("GET", "/containers/{id}/top", Containers.top),
    Binding(
        "GET",
        "/containers/{id}/stats",
        Containers.stats,
        names={"one_shot": "one-shot"},
        response=ResponseKind.DOCUMENTS,
    ),
    Binding("GET", "/containers/{id}/changes", Containers.changes),
    Binding("HEAD", "/containers/{id}/archive", Containers.archive_info, response=ResponseKind.PATH_STAT),
    Binding("GET", "/containers/{id}/archive", Containers.archive, response=ResponseKind.ARCHIVE),
    Binding(
        "PUT",
        "/containers/{id}/archive",
        Containers.put_archive,
        names={"no_overwrite_dir_non_dir": "noOverwriteDirNonDir", "copy_uid_gid": "copyUIDGID"},
        kinds={"no_overwrite_dir_non_dir": queries.FLAG, "copy_uid_gid": queries.FLAG},
        response=ResponseKind.EMPTY,
    ),
    Binding("GET", "/containers/{id}/export", Containers.export, response=ResponseKind.BYTES, media=OCTETS),
    Binding(
        "GET", "/containers/{id}/attach/ws", Containers.attach_websocket, 101, _DETACH, response=ResponseKind.WEBSOCKET
    ),
    Binding("POST", "/containers/prune", Containers.prune),
    Binding("GET", "/containers/{id}/checkpoints", Containers.checkpoint_list),
    Binding("POST", "/containers/{id}/checkpoints", Containers.checkpoint_create, 201, response=ResponseKind.EMPTY),
    Binding(
        "DELETE",
        "/containers/{id}/checkpoints/{checkpoint}",
        Containers.checkpoint_delete,
        204,
        response=ResponseKind.EMPTY,
    ),
    Binding("DELETE", "/containers/{id}", Containers.delete, 204, {"volumes": "v"}, response=ResponseKind.EMPTY),
    Binding("POST", "/containers/{id}/exec", Exec.create, 201),
    Binding("POST", "/exec/{id}/start", Exec.start, 101, response=ResponseKind.DUPLEX, body_optional=True),
    Binding("POST", "/exec/{id}/resize", Exec.resize, **_SIZE, response=ResponseKind.EMPTY),
    Binding("GET", "/exec/{id}/json", Exec.inspect),
    Binding("GET", "/images/json", Images.list, names={"shared_size": "shared-size"}),
    Binding(
        "POST",
        "/images/create",
        Images.create,
        names={"from_image": "fromImage", "from_src": "fromSrc", **_REGISTRY_AUTH},
        response=ResponseKind.MESSAGES,
    ),
    Binding("GET", "/images/{name}/json", Images.inspect),
    Binding("DELETE", "/images/{name}", Images.delete),
    Binding("GET", "/images/{name}/history", Images.history),
    Binding("POST", "/images/{name}/tag", Images.tag, 201, response=ResponseKind.EMPTY),
    Binding("POST", "/images/{name}/push", Images.push, names=_REGISTRY_AUTH, response=ResponseKind.MESSAGES),
    Binding("GET", "/images/search", Images.search, names=_REGISTRY_AUTH, kinds={"limit": queries.SEARCH_LIMIT}),
    Binding("GET", "/images/{name}/get", Images.get, response=ResponseKind.BYTES),
    Binding("GET", "/images/get", Images.get_all, response=ResponseKind.BYTES),
    Binding(
        "POST", "/images/load", Images.load, kinds={"quiet": queries.BOOLEAN_OR_DEFAULT}, response=ResponseKind.MESSAGES
    ),
    Binding(
        "POST",
        "/commit",
        Images.commit,
        201,
        kinds={"pause": queries.BOOLEAN_OR_DEFAULT},
        body_optional=True,
    ),
    Binding("POST", "/images/prune", Images.prune),
    Binding("GET", "/images/{name}/attestations", Images.attestations),
    Binding("GET", "/distribution/{name}/json", Distribution.inspect, names=_REGISTRY_AUTH),
    Binding("GET", "/volumes", Volumes.list),
    Binding("POST", "/volumes/create", Volumes.create, 201),
    Binding("GET", "/volumes/{name}", Volumes.inspect),
    Binding(
        "PUT", "/volumes/{name}", Volumes.update, kinds={"version": queries.VOLUME_VERSION}, response=ResponseKind.EMPTY
    ),
    Binding("DELETE", "/volumes/{name}", Volumes.delete, 204, response=ResponseKind.EMPTY),
    Binding("POST", "/volumes/prune", Volumes.prune),
    Binding("GET", "/networks", Networks.list, also=("/networks/",)),
    Binding("POST", "/networks/create", Networks.create, 201, body_optional=True),
    Binding("POST", "/networks/prune", Networks.prune),
    Binding("GET", "/networks/{id}", Networks.inspect, kinds={"verbose": queries.VERBOSE}),
    Binding("DELETE", "/networks/{id}", Networks.delete, 204, response=ResponseKind.EMPTY),
    Binding("POST", "/networks/{id}/connect", Networks.connect, response=ResponseKind.EMPTY, body_optional=True),
    Binding("POST", "/networks/{id}/disconnect", Networks.disconnect, response=ResponseKind.EMPTY, body_optional=True),
    Binding(
        "POST",
        "/build",
        Builder.build,
        names={
            "tags": "t",
            "extra_hosts": "extrahosts",
            "quiet": "q",
            "no_cache": "nocache",
            "cache_from": "cachefrom",
            "remove": "rm",
            "force_remove": "forcerm",
            "memory_swap": "memswap",
            "cpu_shares": "cpushares",
            "cpuset_cpus": "cpusetcpus",
            "cpuset_mems": "cpusetmems",
            "cpu_period": "cpuperiod",
            "cpu_quota": "cpuquota",
            "cgroup_parent": "cgroupparent",
            "build_args": "buildargs",
            "shm_size": "shmsize",
            "network_mode": "networkmode",
            "security_options": "securityopt",
            "build_id": "buildid",
            "registry_config": "X-Registry-Config",
        },
        kinds={
            "dockerfile": queries.TEXT_OR_DEFAULT,
            "version": queries.TEXT_OR_DEFAULT,
            "pull": queries.BOOLEAN_AS_TEXT,
            "remove": queries.BOOLEAN_OR_DEFAULT,
            **dict.fromkeys(
                ("memory", "memory_swap", "cpu_shares", "cpu_period", "cpu_quota"), queries.LENIENT_INTEGER
            ),
            "shm_size": queries.INTEGER_64,
            "build_args": queries.document("error reading build args", dict[str, str | None], "map[string]*string"),
            "labels": queries.document("error reading labels", dict[str, str], "map[string]string"),
            "cache_from": queries.document("error reading cache-from", list[str], "[]string"),
            "ulimits": queries.document("error reading ulimit settings", list[Ulimit], "[]*container.Ulimit"),
            "outputs": queries.document("invalid outputs specified", list[BuildOutput], "[]build.ImageBuildOutput"),
        },
        response=ResponseKind.MESSAGES,
    ),
    Binding(
        "POST",
        "/build/prune",
        Builder.prune,
        names={name: name.replace("_", "-") for name in _SPACES},
        kinds={name: queries.byte_count(name.replace("_", "-")) for name in _SPACES},
    ),
    Binding("POST", "/build/cancel", Builder.cancel, response=ResponseKind.EMPTY),
    Binding(
        "POST",
        "/session",
        Session.open,
        101,
        {"id": "X-Docker-Expose-Session-Uuid"},
        response=ResponseKind.DUPLEX,
        upgrade="h2c",
    ),
    Binding(
        "POST", "/grpc", Session.grpc, 101, response=ResponseKind.DUPLEX, upgrade="h2c", without_upgrade=InternalError
    ),
    Binding("GET", "/swarm", Swarm.inspect),
    Binding("POST", "/swarm/init", Swarm.init, body_optional=True),
    Binding("POST", "/swarm/join", Swarm.join, response=ResponseKind.EMPTY, body_optional=True),
    Binding("POST", "/swarm/leave", Swarm.leave, response=ResponseKind.EMPTY),
    Binding(
        "POST",
        "/swarm/update",
        Swarm.update,
        names={
            "rotate_worker_token": "rotateWorkerToken",
            "rotate_manager_token": "rotateManagerToken",
            "rotate_manager_unlock_key": "rotateManagerUnlockKey",
        },
        kinds={
            "version": queries.SWARM_VERSION,
            "rotate_worker_token": queries.ROTATE_WORKER_TOKEN,
            "rotate_manager_token": queries.ROTATE_MANAGER_TOKEN,
            "rotate_manager_unlock_key": queries.ROTATE_MANAGER_UNLOCK_KEY,
        },
        response=ResponseKind.EMPTY,
        body_optional=True,
    ),
    Binding("GET", "/swarm/unlockkey", Swarm.unlock_key),
    Binding("POST", "/swarm/unlock", Swarm.unlock, response=ResponseKind.EMPTY, body_optional=True),
    Binding("GET", "/nodes", Nodes.list),
    Binding("GET", "/nodes/{id}", Nodes.inspect),
    Binding("DELETE", "/nodes/{id}", Nodes.delete, response=ResponseKind.EMPTY),
    Binding(
        "POST",
        "/nodes/{id}/update",
        Nodes.update,
        kinds={"version": queries.NODE_VERSION},
        response=ResponseKind.EMPTY,
        body_optional=True,
    ),
    Binding("GET", "/services", Services.list, kinds={"status": queries.STATUS}),
    Binding("POST", "/services/create", Services.create, 201, _REGISTRY_AUTH, body_optional=True),
    Binding(
        "GET",
        "/services/{id}",
        Services.inspect,
        names={"insert_defaults": "insertDefaults"},
        kinds={"insert_defaults": queries.INSERT_DEFAULTS},
    ),
    Binding("DELETE", "/services/{id}", Services.delete, response=ResponseKind.EMPTY),
    Binding(
        "POST",
        "/services/{id}/update",
        Services.update,
        names={"registry_auth_from": "registryAuthFrom", **_REGISTRY_AUTH},
        kinds={"version": queries.SERVICE_VERSION},
        body_optional=True,
    ),
    Binding("GET", "/services/{id}/logs", Services.logs, kinds=_TIMES, response=ResponseKind.OUTPUT),
    Binding("GET", "/tasks", Tasks.list),
    Binding("GET", "/tasks/{id}", Tasks.inspect),
    Binding("GET", "/tasks/{id}/logs", Tasks.logs, kinds=_TIMES, response=ResponseKind.OUTPUT),
    Binding("GET", "/secrets", Secrets.list),
    Binding("POST", "/secrets/create", Secrets.create, 201, body_optional=True),
    Binding("GET", "/secrets/{id}", Secrets.inspect),
    Binding("DELETE", "/secrets/{id}", Secrets.delete, 204, response=ResponseKind.EMPTY),
    Binding(
        "POST",
        "/secrets/{id}/update",
        Secrets.update,
        kinds={"version": queries.SECRET_VERSION},
        response=ResponseKind.EMPTY,
        body_optional=True,
    ),
    Binding("GET", "/configs", Configs.list),
    Binding("POST", "/configs/create", Configs.create, 201, body_optional=True),
    Binding("GET", "/configs/{id}", Configs.inspect),
    Binding("DELETE", "/configs/{id}", Configs.delete, 204, response=ResponseKind.EMPTY),
    Binding(
        "POST",
        "/configs/{id}/update",
        Configs.update,
        kinds={"version": queries.CONFIG_VERSION},
        response=ResponseKind.EMPTY,
        body_optional=True,
    ),
    Binding("GET", "/plugins", Plugins.list),
    Binding("GET", "/plugins/privileges", Plugins.privileges),
    Binding(
        "POST",
        "/plugins/pull",
        Plugins.pull,
        names=_REGISTRY_AUTH,
        response=ResponseKind.MESSAGES,
        body_optional=True,
    ),
    Binding("POST", "/plugins/create", Plugins.create, 204, response=ResponseKind.EMPTY),
    Binding("GET", "/plugins/{name}", Plugins.inspect_v1_24),
    Binding("GET", "/plugins/{name}/json", Plugins.inspect),
    Binding("DELETE", "/plugins/{name}", Plugins.delete, response=ResponseKind.EMPTY),
    Binding(
        "POST", "/plugins/{name}/enable", Plugins.enable, kinds={"timeout": queries.NUMBER}, response=ResponseKind.EMPTY
    ),
    Binding("POST", "/plugins/{name}/disable", Plugins.disable, response=ResponseKind.EMPTY),
    Binding(
        "POST",
        "/plugins/{name}/upgrade",
        Plugins.upgrade,
        names=_REGISTRY_AUTH,
        response=ResponseKind.MESSAGES,
        body_optional=True,
    ),
    Binding("POST", "/plugins/{name}/push", Plugins.push, names=_REGISTRY_AUTH, response=ResponseKind.MESSAGES),
    Binding("POST", "/plugins/{name}/set", Plugins.set, 204, response=ResponseKind.EMPTY, body_optional=True),
)
"""Every operation, in the order of the pages."""

_BY_OPERATION = {binding.operation.id: binding for binding in BINDINGS}


def binding_of(operation_id: str) -> Binding:
    """Return the row of an operation, by its ID.

    Raises:
        KeyError: the ID is unknown.
    """
    return _BY_OPERATION[operation_id]
