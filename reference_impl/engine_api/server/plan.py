"""What is known of an operation at a version before a request."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from engine_api.api.errors import EngineError, InvalidParameter
from engine_api.api.versions import Version
from engine_api.versions.change import Arguments, Change
from engine_api.versions.changes import changes_above, changes_up_to, releases_above, releases_up_to
from engine_api.versions.projection import project, prune
from engine_api.wire.bindings import Argument, Binding, Place
from engine_api.wire.bodies import decode_json, encode_json

__all__ = ["Plan", "plan"]


class Plan:
    """An operation at a version of an engine release: its arguments, and the encoding of its results."""

    def __init__(self, binding: Binding, version: Version, release: str | None = None) -> None:
        self.binding = binding
        self.version = version
        self._releases = releases_above(release, binding.operation.id)
        self.changes: tuple[Change, ...] = (*self._releases, *changes_above(version, binding.operation.id))
        """The changes after the release and after the version, newest first."""
        held = releases_up_to(release, binding.operation.id)
        self._demanding = [change for change in held if type(change).demand is not Change.demand]
        earlier = changes_up_to(version, binding.operation.id)
        self._hiding = [change for change in earlier if type(change).hide is not Change.hide]
        arguments = [a for a in binding.arguments.values() if version in a.parameter.span]
        self._refusing = [change for change in self.changes if type(change).refuse is not Change.refuse]
        self.query: list[Argument] = [a for a in arguments if a.place is Place.QUERY]
        self.headers: list[tuple[bytes, Argument]] = [
            (a.name.lower().encode(), a) for a in arguments if a.place is Place.HEADER
        ]
        self.body = binding.json_argument
        self._prune = prune(binding.result, version) if binding.result is not None else None

    def query_arguments(self, query: Mapping[str, list[str]]) -> dict[str, object]:
        """Return the arguments in a query, without omitted and meaningless ones.

        Raises:
            EngineError: a value is malformed.
        """
        found: dict[str, object] = {}
        for argument in self.query:
            values = query.get(argument.name)
            if values is None and argument.parameter.required:
                values = [""]
            if values is not None and argument.query is not None:
                value = argument.query.parse(values)
                if value is not None:
                    found[argument.parameter.name] = value
        return found

    def header_arguments(self, headers: list[tuple[bytes, bytes]]) -> dict[str, object]:
        """Return the arguments in headers; malformed headers are ignored, as engines do."""
        found: dict[str, object] = {}
        for name, argument in self.headers:
            value = next((v for n, v in headers if n == name), None)
            if value and argument.kind is str:
                found[argument.parameter.name] = value.decode("latin-1")
            elif value:
                try:
                    text = base64.urlsafe_b64decode(value + b"=" * (-len(value) % 4))
                    found[argument.parameter.name] = decode_json(text, argument.kind)
                except (binascii.Error, InvalidParameter):
                    continue
        return found

    def decode_body(self, body: bytes, arguments: Mapping[str, object]) -> object:
        """Return the JSON body, without the fields that the version lacks.

        Raises:
            InvalidParameter: the body is malformed, or has fields that the version refuses.
        """
        assert self.body is not None
        if self._refusing or self._demanding:
            whole = {**arguments, self.body.parameter.name: decode_json(body, self.body.kind)}
            for change in self._demanding:
                change.demand(whole)
            for change in self._refusing:
                change.refuse(whole)
        return decode_json(body, self.body.kind, as_of=project(self.body.kind, self.version))

    def lift(self, arguments: dict[str, object]) -> None:
        """Turn the arguments into those of the newest version.

        Raises:
            EngineError: an argument has what the version refuses.
        """
        if self.body is None:
            for change in self._demanding:
                change.demand(arguments)
            for change in self._refusing:
                change.refuse(arguments)
        for change in reversed(self.changes):
            change.lift(arguments)

    def lower(self, result: Any, arguments: Arguments) -> Any:
        """Return the result of the newest version as that of this version."""
        for change in self._hiding:
            result = change.hide(result)
        for change in self.changes:
            result = change.lower(result, arguments)
        return result

    def lower_error(self, error: EngineError) -> EngineError:
        """Return the error of the newest version as that of this version."""
        for change in self.changes:
            error = change.lower_error(error)
        return error

    def lower_bad_request(self, error: EngineError) -> EngineError:
        """Return the error of the newest release for a malformed request as that of this release."""
        for change in self._releases:
            error = change.lower_error(error)
        return error

    def encode(self, result: object) -> bytes:
        """Return a result as JSON, without the fields that the version lacks, with a newline."""
        if self._prune is None:
            return encode_json(result)
        return encode_json(self._prune(msgspec.to_builtins(result)))


@cache
def plan(binding: Binding, version: Version, release: str | None = None) -> Plan:
    """Return the plan of an operation at a version of an engine release; None is the newest release."""
    return Plan(binding, version, release)
