"""The OpenAPI document of a version, from the same table and types as everything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from engine_api.api.filters import FilterKeys
from engine_api.api.struct import ApiStruct
from engine_api.api.versions import NEWEST, Version
from engine_api.versions.fields import values_of
from engine_api.versions.projection import field_docs, project
from engine_api.wire.bindings import BINDINGS, Answer, Argument, Binding, Place
from engine_api.wire.media import JSON, MULTIPLEXED, RAW, TAR
from engine_api.wire.pathstat import PATH_STAT
from engine_api.wire.queries import TEXT
from engine_api.wire.statuses import STATUSES

__all__ = ["document"]

_REF: Final = "#/components/schemas/{name}"
_REASONS: Final = {
    101: "the connection is taken over",
    200: "done",
    201: "created",
    204: "done; there is no body",
}
_MULTIPLEXED_SINCE: Final = Version(1, 42)


class ErrorResponse(ApiStruct, rename="lower"):
    """Why a request was refused."""

    message: str
    """The reason, for people and programs."""


def document(version: Version = NEWEST) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a version, as JSON has it.

    Args:
        version: the version.
    """
    bindings = [binding for binding in BINDINGS if version in binding.operation.span]
    kinds = _Kinds(version, bindings)
    paths: dict[str, dict[str, Any]] = {}
    for binding in bindings:
        paths.setdefault(binding.path, {})[binding.verb.lower()] = _operation(binding, version, kinds)
    tags = {binding.resource: (type_doc(binding) or "") for binding in bindings}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Docker Engine API",
            "version": str(version),
            "description": (
                f"The Docker Engine API as of v{version}, described by docker-engine-api, which is not affiliated with "
                "Docker. What is described is what engines were seen to do."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"/v{version}"}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": paths,
        "components": {"schemas": kinds.components()},
    }


def type_doc(binding: Binding) -> str | None:
    """What the Protocol of an operation says of itself."""
    module = __import__(binding.method.__module__, fromlist=["_"])
    doc: str | None = getattr(module, binding.method.__qualname__.partition(".")[0]).__doc__
    return doc


class _Kinds:
    """The schemas of every type that a version's operations name."""

    def __init__(self, version: Version, bindings: list[Binding]) -> None:
        self._heads: dict[str, type[ApiStruct]] = {}
        wanted: list[Any] = [ErrorResponse]
        for binding in bindings:
            if binding.result is not None:
                wanted.append(project(binding.result, version))
            for argument in binding.arguments.values():
                if argument.place is Place.JSON and version in argument.parameter.span:
                    wanted.append(project(argument.kind, version))
        schemas, self._components = msgspec.json.schema_components(
            wanted, schema_hook=lambda kind: {"description": "any value"}, ref_template=_REF
        )
        self._schemas = {repr(kind): schema for kind, schema in zip(wanted, schemas, strict=True)}
        self._version = version
        for kind in wanted:
            self._collect(kind)

    def _collect(self, kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, ApiStruct):
            if kind.__name__ not in self._heads:
                self._heads[kind.__name__] = kind
                for field in msgspec.structs.fields(kind):
                    self._collect(field.type)
            return
        for part in getattr(kind, "__args__", ()):
            self._collect(part)

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of a type, as of the version."""
        found: dict[str, Any] = self._schemas[repr(project(kind, self._version))]
        return found

    def components(self) -> dict[str, Any]:
        """Every schema with a name, with what its fields mean."""
        for name, kind in self._heads.items():
            schema = self._components.get(name)
            if schema is None:
                continue
            schema["description"] = (kind.__doc__ or "").strip()
            docs = field_docs(kind)
            for field in msgspec.structs.fields(kind):
                own = schema["properties"].get(field.encode_name)
                if own is None:
                    continue
                if "$ref" in own:
                    own = schema["properties"][field.encode_name] = {"allOf": [own]}
                own.pop("default", None)
                own["description"] = docs.get(field.name, "")
                values = [value.value for value in values_of(field.type) if self._version in value.span]
                if values and own.get("type") == "string":
                    own["examples"] = values
        return dict(sorted(self._components.items()))


def _operation(binding: Binding, version: Version, kinds: _Kinds) -> dict[str, Any]:
    operation = binding.operation
    found: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [binding.resource],
        "summary": operation.summary.rstrip("."),
        "description": operation.description,
    }
    parameters = list(_parameters(binding, version))
    if parameters:
        found["parameters"] = parameters
    if binding.json_argument is not None and version in binding.json_argument.parameter.span:
        found["requestBody"] = {
            "description": binding.json_argument.parameter.doc,
            "required": not binding.body_optional,
            "content": {JSON: {"schema": kinds.of(binding.json_argument.kind)}},
        }
    elif binding.tar_argument is not None:
        binary = {"schema": {"type": "string", "format": "binary"}}
        found["requestBody"] = {
            "description": binding.tar_argument.parameter.doc,
            "required": False,
            "content": {TAR: binary, "application/octet-stream": binary},
        }
    found["responses"] = _responses(binding, version, kinds)
    if operation.deprecated and version >= Version.parse(operation.deprecated):
        found["deprecated"] = True
    return found


def _parameters(binding: Binding, version: Version) -> Iterator[dict[str, Any]]:
    for argument in binding.arguments.values():
        if version not in argument.parameter.span:
            continue
        if argument.place is Place.PATH:
            schema: dict[str, Any] = {"type": "string"}
            yield _parameter(argument, "path", argument.parameter.name, schema, required=True)
        elif argument.place is Place.QUERY and argument.query is not None:
            several = argument.parameter.several_since
            schema = dict(argument.query.schema if several is None or version >= several else TEXT.schema)
            if isinstance(argument.parameter.default, bool | int) and schema["type"] != "string":
                schema["default"] = argument.parameter.default
            values = [v.value for v in values_of(argument.parameter.annotation) if version in v.span]
            if values and schema.get("type") == "string":
                schema["enum"] = values
            made = _parameter(argument, "query", argument.name, schema, required=argument.parameter.required)
            for mark in getattr(argument.parameter.annotation, "__metadata__", ()):
                if isinstance(mark, FilterKeys):
                    made["description"] += _filter_keys(mark, version)
            yield made
        elif argument.place is Place.HEADER:
            yield _parameter(argument, "header", argument.name, {"type": "string"}, required=False)


def _filter_keys(keys: FilterKeys, version: Version) -> str:
    lines = [
        f"\n- `{key.value}`: {key.doc}" if key.doc else f"\n- `{key.value}`" for key in keys.keys if version in key.span
    ]
    return "\n\nKeys:\n" + "".join(lines)


def _parameter(argument: Argument, place: str, name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": required,
        "description": argument.parameter.doc,
        "schema": schema,
    }


def _responses(binding: Binding, version: Version, kinds: _Kinds) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status in _successes(binding):
        found[str(status)] = {"description": _REASONS[status], **_content(binding, status, version, kinds)}
    refusal = {JSON: {"schema": kinds.of(ErrorResponse)}}
    for kind, when in binding.operation.errors.items():
        span = binding.operation.error_spans.get(kind)
        if span is not None and version not in span:
            continue
        status = STATUSES[kind]
        found[str(status)] = {"description": when}
        if status != 304:
            found[str(status)]["content"] = refusal
    return dict(sorted(found.items()))


def _successes(binding: Binding) -> tuple[int, ...]:
    return (101, 200) if binding.answer is Answer.DUPLEX and binding.upgrade == "tcp" else (binding.status,)


def _content(binding: Binding, status: int, version: Version, kinds: _Kinds) -> dict[str, Any]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    match binding.answer:
        case Answer.JSON | Answer.EARLY_JSON:
            return {"content": {JSON: {"schema": kinds.of(binding.result)}}}
        case Answer.MESSAGES | Answer.DOCUMENTS:
            return {"content": {JSON: {"schema": kinds.of(binding.result)}}}
        case Answer.BYTES:
            return {"content": {binding.media: binary}}
        case Answer.ARCHIVE:
            return {"headers": _path_stat_header(), "content": {binding.media: binary}}
        case Answer.PATH_STAT:
            return {"headers": _path_stat_header()}
        case Answer.OUTPUT | Answer.DUPLEX:
            media = {RAW: binary}
            framed = binding.answer is Answer.OUTPUT or (status == 101 and binding.upgrade == "tcp")
            if framed and version >= _MULTIPLEXED_SINCE:
                media[MULTIPLEXED] = binary
            return {"content": media}
        case Answer.PING:
            return {"headers": _ping_headers(), "content": {"text/plain": {"schema": {"type": "string"}}}}
        case Answer.PING_HEAD:
            return {"headers": _ping_headers()}
    return {}


def _path_stat_header() -> dict[str, Any]:
    text = "What the path is: base64 of a JSON object with `name`, `size`, `mode`, `mtime` and `linkTarget`."
    return {PATH_STAT: {"description": text, "schema": {"type": "string"}}}


def _ping_headers() -> dict[str, Any]:
    texts = {
        "Api-Version": "The newest version of the API that the engine speaks.",
        "Builder-Version": "The builder that the engine prefers.",
        "Docker-Experimental": "Whether experimental features are on.",
        "Ostype": "The operating system of its containers.",
        "Swarm": "The node's part in a swarm.",
        "Cache-Control": "That the answer is not to be kept.",
        "Pragma": "The same for old proxies.",
    }
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in texts.items()}
