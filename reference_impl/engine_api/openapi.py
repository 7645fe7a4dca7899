"""The OpenAPI document of a version, from the table of bindings, the types and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

import msgspec

from engine_api.api.filters import FilterKeys
from engine_api.api.struct import ApiStruct, fields_of
from engine_api.api.versions import NEWEST, Version, deprecation_of
from engine_api.formats.json import Json, JsonObject
from engine_api.spec.samples import Sample, Samples, complete, samples
from engine_api.versions.fields import values_of
from engine_api.versions.projection import field_docs, project
from engine_api.wire.bindings import BINDINGS, Argument, Binding, Place, ResponseKind
from engine_api.wire.bodies import encode_json
from engine_api.wire.media import JSON, MULTIPLEXED, OCTETS, RAW, TAR, document_types
from engine_api.wire.pathstat import PATH_STAT
from engine_api.wire.queries import FILTERS, TEXT
from engine_api.wire.statuses import STATUSES

__all__ = ["document", "encoded", "tag_of"]

_REF: Final = "#/components/schemas/{name}"
_SUCCESSES: Final = {
    101: "the connection is taken over",
    200: "done",
    201: "created",
    204: "done; there is no body",
}
_FORMS: Final = {
    ResponseKind.EARLY_JSON: "the headers come at once, the document when there is something to tell",
    ResponseKind.MESSAGES: (
        "JSON documents follow one another as things go on, each ended by CR LF; a failure after the first of them is "
        "told by a document with `errorDetail`, and the status stays"
    ),
    ResponseKind.DOCUMENTS: "the headers come at once, JSON documents as things happen, each ended by LF",
    ResponseKind.OUTPUT: (
        "output as it comes: without a terminal in frames, each a byte that names the stream (1 standard output, 2 "
        "standard error), three zeros, the length in four bytes, highest first, and that many bytes; with a terminal "
        "as it is"
    ),
}
_TAKEN_OVER: Final = (
    "after the headers the connection belongs to the process: what the client sends is its standard input, until the "
    "client closes its side for writing; what comes is the output, in frames without a terminal (a byte that names the "
    "stream, three zeros, the length in four bytes, highest first), as it is with one"
)
_MULTIPLEXED_SINCE: Final = Version(1, 42)
_TAGS: Final = {"builder": "Image"}
_DESCRIPTION: Final = """\
The Docker Engine API as of v{version}, described by docker-engine-api, which is not affiliated with Docker. What is
described is what engines were seen to do.

Every answer of an engine has the headers `Api-Version`, `Docker-Experimental`, `Ostype` and `Server`. Keys of request
bodies are read without regard to case, and unknown ones are ignored. Absent, null and empty are three different things.
"""
_ENGINE_HEADERS: Final = {
    "Api-Version": "The newest version of the API that the engine speaks.",
    "Docker-Experimental": "Whether experimental features are on: `true` or `false`.",
    "Ostype": "The operating system of its containers: `linux` or `windows`.",
    "Server": "The engine, its version, and its operating system.",
}
_PING_HEADERS: Final = {
    "Builder-Version": "The builder that the engine prefers: `1` the classic one, `2` BuildKit.",
    "Swarm": "The node's part in a swarm.",
    "Cache-Control": "That the answer is not to be kept.",
    "Pragma": "The same for old proxies.",
}


class ErrorResponse(ApiStruct, rename="lower"):
    """Why a request was refused."""

    message: str
    """The reason, for people and programs."""


def document(version: Version = NEWEST) -> JsonObject:
    """Return the OpenAPI 3.1 document of a version as JSON values.

    Args:
        version: the version.
    """
    bindings = [binding for binding in BINDINGS if version in binding.operation.span]
    kinds = _Kinds(version, bindings)
    shown = samples(version)
    paths: dict[str, JsonObject] = {}
    for binding in bindings:
        own = shown.get(binding.operation.id, Samples())
        paths.setdefault(binding.path, {})[binding.verb.lower()] = _operation(binding, version, kinds, own)
    tags: dict[str, str] = {}
    for binding in bindings:
        tags.setdefault(tag_of(binding), _protocol_doc(binding))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Docker Engine API",
            "version": str(version),
            "description": _DESCRIPTION.format(version=version),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"/v{version}"}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": paths,
        "components": {"schemas": kinds.components(), "headers": _headers(_ENGINE_HEADERS)},
    }


@cache
def encoded(version: Version) -> bytes:
    """Return the OpenAPI document of a version as JSON."""
    return encode_json(document(version))


def tag_of(binding: Binding) -> str:
    """Return the tag of a resource in the published documents: `Container` for `containers`."""
    return _TAGS.get(binding.resource) or binding.resource.removesuffix("s").capitalize()


def _protocol_doc(binding: Binding) -> str:
    """Return the docstring of an operation's Protocol."""
    module = __import__(binding.method.__module__, fromlist=["_"])
    doc: str | None = getattr(module, binding.method.__qualname__.partition(".")[0]).__doc__
    return doc or ""


class _Kinds:
    """The schemas of the types of a version's operations."""

    def __init__(self, version: Version, bindings: list[Binding]) -> None:
        self._heads: dict[str, type[ApiStruct]] = {}
        wanted: list[Json] = [ErrorResponse]
        for binding in bindings:
            if binding.result is not None:
                wanted.append(project(binding.result, version))
            for argument in binding.arguments.values():
                carried = argument.place is Place.JSON or _is_json_header(argument)
                if carried and version in argument.parameter.span:
                    wanted.append(project(argument.kind, version))
        schemas, self._components = msgspec.json.schema_components(
            wanted, schema_hook=lambda kind: {"description": "any value"}, ref_template=_REF
        )
        self._schemas = {repr(kind): schema for kind, schema in zip(wanted, schemas, strict=True)}
        self._version = version
        for kind in wanted:
            self._collect(kind)

    def _collect(self, kind: Json) -> None:
        if isinstance(kind, type) and issubclass(kind, ApiStruct):
            if kind.__name__ not in self._heads:
                self._heads[kind.__name__] = kind
                for field in fields_of(kind):
                    self._collect(field.type)
            return
        for part in getattr(kind, "__args__", ()):
            self._collect(part)

    def of(self, kind: Json) -> JsonObject:
        """Return the schema of a type as of the version."""
        found: JsonObject = self._schemas[repr(project(kind, self._version))]
        return found

    def components(self) -> JsonObject:
        """Return every named schema, with descriptions of fields."""
        for name, kind in self._heads.items():
            schema = self._components.get(name)
            if schema is None:
                continue
            schema["description"] = (kind.__doc__ or "").strip()
            docs = field_docs(kind)
            for field in fields_of(kind):
                own = schema["properties"].get(field.encode_name)
                if own is not None:
                    described = self._described(field, own, docs.get(field.name, ""))
                    schema["properties"][field.encode_name] = described
        return dict(sorted(self._components.items()))

    def _described(self, field: Json, schema: JsonObject, text: str) -> JsonObject:
        found: JsonObject = {"allOf": [schema]} if "$ref" in schema else schema
        found.pop("default", None)
        found["description"] = text
        values = [value.value for value in values_of(field.type) if self._version in value.span]
        if values and found.get("type") == "string":
            found["examples"] = values
        if _is_deprecated(field.type, self._version):
            found["deprecated"] = True
        return found


def _is_deprecated(annotation: Json, version: Version) -> bool:
    since = deprecation_of(annotation)
    return since is not None and version >= since


def _is_json_header(argument: Argument) -> bool:
    return argument.place is Place.HEADER and isinstance(argument.kind, type) and issubclass(argument.kind, ApiStruct)


def _operation(binding: Binding, version: Version, kinds: _Kinds, shown: Samples) -> JsonObject:
    operation = binding.operation
    found: JsonObject = {
        "operationId": operation.id,
        "tags": [tag_of(binding)],
        "summary": operation.summary.rstrip("."),
        "description": operation.description,
    }
    parameters = list(_parameters(binding, version, kinds, shown))
    if parameters:
        found["parameters"] = parameters
    if binding.json_argument is not None and version in binding.json_argument.parameter.span:
        found["requestBody"] = {
            "description": binding.json_argument.parameter.doc,
            "required": not binding.body_optional,
            "content": {JSON: {"schema": kinds.of(binding.json_argument.kind), **_examples(shown.requests)}},
        }
    elif binding.tar_argument is not None:
        found["requestBody"] = {
            "description": binding.tar_argument.parameter.doc,
            "required": False,
            "content": {TAR: _binary(), OCTETS: _binary()},
        }
    found["responses"] = _responses(binding, version, kinds, shown)
    if operation.deprecated and version >= Version.parse(operation.deprecated):
        found["deprecated"] = True
    return found


def _binary() -> JsonObject:
    return {"schema": {"type": "string", "format": "binary"}}


def _examples(shown: list[Sample]) -> JsonObject:
    """Return examples by name; empty if there are none."""
    if not shown:
        return {}
    return {"examples": {sample.id: {"summary": sample.title, "value": sample.value} for sample in shown}}


def _parameters(binding: Binding, version: Version, kinds: _Kinds, shown: Samples) -> Iterator[JsonObject]:
    for argument in binding.arguments.values():
        parameter = argument.parameter
        if version not in parameter.span:
            continue
        if argument.place is Place.PATH:
            yield _parameter(argument, "path", parameter.name, {"type": "string"}, version)
        elif argument.place is Place.QUERY:
            schema = _query_schema(argument, version)
            made = _parameter(argument, "query", argument.name, schema, version)
            for mark in getattr(parameter.annotation, "__metadata__", ()):
                if isinstance(mark, FilterKeys):
                    made["description"] += _filter_keys(mark, version)
            if schema["type"] == "string":
                made |= _examples(shown.parameters.get(argument.name, []))
            yield made
        elif argument.place is Place.HEADER:
            schema = {"type": "string"}
            if _is_json_header(argument):
                schema |= {
                    "contentEncoding": "base64url",
                    "contentMediaType": JSON,
                    "contentSchema": kinds.of(argument.kind),
                }
            yield _parameter(argument, "header", argument.name, schema, version)


def _query_schema(argument: Argument, version: Version) -> JsonObject:
    assert argument.query is not None
    parameter = argument.parameter
    several = parameter.several_since
    schema = dict(argument.query.schema if several is None or version >= several else TEXT.schema)
    if isinstance(parameter.default, bool | int) and schema["type"] != "string":
        schema["default"] = parameter.default
    values = [value.value for value in values_of(parameter.annotation) if version in value.span]
    if values and schema["type"] == "string":
        schema["enum"] = values
    if argument.query is FILTERS:
        schema |= {"contentMediaType": JSON, "contentSchema": _filters_schema(parameter.annotation, version)}
    return schema


def _filters_schema(annotation: Json, version: Version) -> JsonObject:
    """Return the schema of filters: JSON with the values of each key."""
    values = {"type": "array", "items": {"type": "string"}}
    known = {
        key.value: {"description": key.doc, **values}
        for mark in getattr(annotation, "__metadata__", ())
        if isinstance(mark, FilterKeys)
        for key in mark.keys
        if version in key.span
    }
    return {"type": "object", "properties": known, "additionalProperties": values}


def _filter_keys(keys: FilterKeys, version: Version) -> str:
    lines = [
        f"\n- `{key.value}`: {key.doc}" if key.doc else f"\n- `{key.value}`" for key in keys.keys if version in key.span
    ]
    return "\n\nKeys:\n" + "".join(lines)


def _parameter(argument: Argument, place: str, name: str, schema: JsonObject, version: Version) -> JsonObject:
    found: JsonObject = {
        "name": name,
        "in": place,
        "required": place == "path" or argument.parameter.required,
        "description": argument.parameter.doc,
        "schema": schema,
    }
    if _is_deprecated(argument.parameter.annotation, version):
        found["deprecated"] = True
    return found


def _responses(binding: Binding, version: Version, kinds: _Kinds, shown: Samples) -> JsonObject:
    found: JsonObject = {}
    for status in _successes(binding):
        found[str(status)] = _success(binding, status, version, kinds, shown)
    schema = kinds.of(ErrorResponse)
    for kind, when in binding.operation.errors.items():
        span = binding.operation.error_spans.get(kind)
        if span is not None and version not in span:
            continue
        status = STATUSES[kind]
        found[str(status)] = {"description": when}
        if status != 304:
            examples = [sample for sample in shown.responses.get(status, ()) if "message" in sample.value]
            found[str(status)]["content"] = {JSON: {"schema": schema, **_examples(examples)}}
    return dict(sorted(found.items()))


def _successes(binding: Binding) -> tuple[int, ...]:
    return (101, 200) if binding.response is ResponseKind.DUPLEX and binding.upgrade == "tcp" else (binding.status,)


def _success(binding: Binding, status: int, version: Version, kinds: _Kinds, shown: Samples) -> JsonObject:
    description = _SUCCESSES[status]
    content: JsonObject = {}
    examples = shown.responses.get(status, [])
    match binding.response:
        case ResponseKind.JSON | ResponseKind.EARLY_JSON | ResponseKind.MESSAGES | ResponseKind.DOCUMENTS:
            kind = project(binding.result, version)
            documents = [own for own in examples if not isinstance(own.value, str)]
            completed = [replace(own, value=complete(own.value, kind)) for own in documents]
            own = {"schema": kinds.of(binding.result), **_examples(completed)}
            content = dict.fromkeys(document_types(version) if binding.negotiated else (JSON,), own)
        case ResponseKind.BYTES | ResponseKind.ARCHIVE:
            content = {binding.media: _binary()}
        case ResponseKind.OUTPUT:
            content = _streams(version)
        case ResponseKind.DUPLEX if binding.upgrade != "tcp":
            description = f"the connection is taken over, and speaks {binding.upgrade} from then on"
            content = {RAW: _binary()}
        case ResponseKind.DUPLEX:
            description = f"the connection is taken over, {_asked_to_upgrade(status)}; {_TAKEN_OVER}"
            content = _streams(version) if status == 101 else {RAW: _binary()}
        case ResponseKind.WEBSOCKET:
            description = (
                "the connection is a websocket; messages from the client are standard input, those to it are output"
            )
        case ResponseKind.PING:
            content = {"text/plain": {"schema": {"type": "string"}, **_examples(examples)}}
    if binding.response in _FORMS:
        description += f"; {_FORMS[binding.response]}"
    return {
        "description": description,
        "headers": _success_headers(binding, status),
        **({"content": content} if content else {}),
    }


def _success_headers(binding: Binding, status: int) -> JsonObject:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _ENGINE_HEADERS}
    if binding.response in (ResponseKind.PING, ResponseKind.PING_HEAD):
        headers |= _headers(_PING_HEADERS)
    if binding.response in (ResponseKind.ARCHIVE, ResponseKind.PATH_STAT):
        text = "What the path is: base64 of a JSON object with `name`, `size`, `mode`, `mtime` and `linkTarget`."
        headers |= _headers({PATH_STAT: text})
    if status == 101:
        protocol = "websocket" if binding.response is ResponseKind.WEBSOCKET else binding.upgrade
        headers |= _headers({"Connection": "`Upgrade`.", "Upgrade": f"`{protocol}`."})
    return headers


def _asked_to_upgrade(status: int) -> str:
    asked = "as the request asked by `Connection: Upgrade` and `Upgrade: tcp`"
    return asked if status == 101 else "though the request did not ask to upgrade"


def _streams(version: Version) -> JsonObject:
    return {RAW: _binary(), **({MULTIPLEXED: _binary()} if version >= _MULTIPLEXED_SINCE else {})}


def _headers(texts: dict[str, str]) -> JsonObject:
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in texts.items()}
