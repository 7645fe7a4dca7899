"""An operation: one thing an engine can be asked to do, apart from how it is asked."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, get_origin, get_type_hints

from engine_api.api.errors import EngineError
from engine_api.api.versions import Several, Span, Version, span_of

__all__ = ["Operation", "Parameter", "operation", "operation_of", "operations_of"]

F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True)
class Parameter:
    """An argument of an operation."""

    name: str
    annotation: object
    """The type, with its marks."""
    default: object
    """What the engine takes when it is not given; `inspect.Parameter.empty` when it must be."""
    doc: str = ""

    @property
    def required(self) -> bool:
        """Whether the call must give it."""
        return self.default is inspect.Parameter.empty

    @cached_property
    def span(self) -> Span:
        """The versions that have it."""
        return span_of(self.annotation)

    @cached_property
    def several_since(self) -> Version | None:
        """The first version that takes more than one item of it, if older ones take a single one."""
        marks = getattr(self.annotation, "__metadata__", ())
        return next((mark.version for mark in marks if isinstance(mark, Several)), None)


@dataclass(frozen=True)
class Operation:
    """An operation as its Protocol method declares it."""

    id: str
    """The operation id of the published documents, such as `ContainerWait`."""
    method: Callable[..., object] = field(compare=False)
    changes: bool
    """Whether it changes the state of the engine, or of the processes that the engine runs."""
    waits: bool = False
    """Whether it waits for something that may take any time, such as the end of a process; clients set no limit."""
    span: Span = field(default_factory=Span)
    errors: Mapping[type[EngineError], str] = field(default_factory=dict, compare=False)
    """Which refusals are documented, and when they happen."""
    error_spans: Mapping[type[EngineError], Span] = field(default_factory=dict, compare=False)
    """For refusals that only some versions document."""
    deprecated: str | None = None
    """The version that deprecated it."""

    @property
    def name(self) -> str:
        """The method's name, such as `wait`."""
        return self.method.__name__

    @cached_property
    def resource(self) -> str:
        """The attribute of an `Engine` that has the operation, such as `containers`."""
        return self.method.__qualname__.partition(".")[0].lower()

    @cached_property
    def summary(self) -> str:
        """The first line of its description."""
        return (inspect.getdoc(self.method) or "").partition("\n")[0]

    @cached_property
    def description(self) -> str:
        """What it does, without the parts on arguments and errors."""
        text = inspect.getdoc(self.method) or ""
        for heading in ("\nArgs:", "\nRaises:", "\nReturns:"):
            text = text.partition(heading)[0]
        return text.strip()

    @cached_property
    def hints(self) -> dict[str, object]:
        """Types of arguments and of the answer (`return`), with their marks."""
        return get_type_hints(self.method, include_extras=True)

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The arguments in the order of the signature, without `self`."""
        docs = _argument_docs(inspect.getdoc(self.method) or "")
        return {
            p.name: Parameter(p.name, self.hints.get(p.name, object), p.default, docs.get(p.name, ""))
            for p in list(inspect.signature(self.method).parameters.values())[1:]
        }

    @property
    def returns(self) -> object:
        """The type of the answer."""
        return self.hints.get("return", type(None))

    @cached_property
    def streams(self) -> bool:
        """Whether it returns piece by piece: output of a process, both its directions, messages, or bytes."""
        kind = get_origin(self.returns) or self.returns
        return isinstance(kind, type) and issubclass(kind, AsyncIterator)


def _argument_docs(text: str) -> dict[str, str]:
    docs: dict[str, str] = {}
    name = ""
    inside = False
    for line in text.splitlines():
        if not line.startswith(" "):
            inside = line.strip() == "Args:" if line.strip() else inside
        elif inside and line.startswith("    ") and not line.startswith("     "):
            name, _, rest = line.strip().partition(":")
            docs[name] = rest.strip()
        elif inside and name:
            docs[name] += " " + line.strip()
    return docs


def operation(
    id: str,
    *,
    changes: bool,
    waits: bool = False,
    since: str | None = None,
    until: str | None = None,
    deprecated: str | None = None,
    errors: Mapping[type[EngineError], str | tuple[str, str | None, str | None]] | None = None,
) -> Callable[[F], F]:
    """Declare the decorated Protocol method to be an operation.

    Args:
        id: its id in the published documents.
        changes: whether it changes the state of the engine, or of the processes that the engine runs.
        waits: whether it waits for something that may take any time, such as the end of a process.
        since: the first version that has it; None for the oldest.
        until: the last version that has it; None for the newest.
        deprecated: the version that deprecated it.
        errors: each documented refusal with when it happens, or with (when, since, until).
    """

    def declare(method: F) -> F:
        whens: dict[type[EngineError], str] = {}
        spans: dict[type[EngineError], Span] = {}
        for kind, text in (errors or {}).items():
            if isinstance(text, tuple):
                whens[kind] = text[0]
                spans[kind] = Span.of(text[1], text[2])
            else:
                whens[kind] = text
        vars(method)["__operation__"] = Operation(
            id, method, changes, waits, Span.of(since, until), whens, spans, deprecated
        )
        return method

    return declare


def operation_of(method: Callable[..., object]) -> Operation:
    """The operation that a Protocol method declares.

    Raises:
        TypeError: it declares none.
    """
    found = getattr(method, "__operation__", None)
    if not isinstance(found, Operation):
        raise TypeError(f"{method!r} declares no operation")
    return found


def operations_of(protocol: object) -> tuple[Operation, ...]:
    """The operations that a resource's Protocol declares, in their order there."""
    found = (getattr(method, "__operation__", None) for method in vars(protocol).values())
    return tuple(one for one in found if isinstance(one, Operation))
