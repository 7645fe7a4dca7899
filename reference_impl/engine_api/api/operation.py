"""An operation: one thing an engine can be asked to do, apart from how it is asked."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, get_origin, get_type_hints

from engine_api.api.errors import EngineError
from engine_api.api.streams import OutputStream
from engine_api.api.versions import Several, Span, Version, span_of

__all__ = ["Operation", "Parameter", "operation", "operation_of"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Parameter:
    """An argument of an operation."""

    name: str
    annotation: Any
    """The type, with its marks."""
    default: Any
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
    method: Callable[..., Any] = field(compare=False)
    span: Span = field(default_factory=Span)
    errors: Mapping[type[EngineError], str] = field(default_factory=dict, compare=False)
    """Which refusals are documented, and when they happen."""
    error_spans: Mapping[type[EngineError], Span] = field(default_factory=dict, compare=False)
    """For refusals that only some versions document."""
    deprecated: str | None = None
    """The version that deprecated it."""
    changes: bool = True
    """Whether it changes the state of the engine; an operation that does not only reads."""
    waits: bool = False
    """Whether it may take as long as what it waits for, such as the end of a process."""

    @property
    def streams(self) -> bool:
        """Whether it returns a stream: output, both directions of a process, bytes, or messages as they come."""
        kind = get_origin(self.hints.get("return")) or self.hints.get("return")
        return isinstance(kind, type) and issubclass(kind, (AsyncIterator, AsyncIterable, OutputStream))

    @property
    def name(self) -> str:
        """The method's name, such as `wait`."""
        return self.method.__name__

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
    def hints(self) -> dict[str, Any]:
        """Types of arguments and of the answer (`return`), with their marks."""
        return get_type_hints(self.method, include_extras=True)

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The arguments in the order of the signature, without `self`."""
        docs = _argument_docs(inspect.getdoc(self.method) or "")
        return {
            p.name: Parameter(p.name, self.hints.get(p.name, Any), p.default, docs.get(p.name, ""))
            for p in list(inspect.signature(self.method).parameters.values())[1:]
        }

    @property
    def returns(self) -> Any:
        """The type of the answer."""
        return self.hints.get("return", type(None))


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
    since: str | None = None,
    until: str | None = None,
    deprecated: str | None = None,
    changes: bool = True,
    waits: bool = False,
    errors: Mapping[type[EngineError], str | tuple[str, str | None, str | None]] | None = None,
) -> Callable[[F], F]:
    """Declare the decorated Protocol method to be an operation.

    Args:
        id: its id in the published documents.
        since: the first version that has it; None for the oldest.
        until: the last version that has it; None for the newest.
        deprecated: the version that deprecated it.
        changes: whether it changes the state of the engine.
        waits: whether it may take as long as what it waits for.
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
        method.__operation__ = Operation(  # type: ignore[attr-defined]
            id, method, Span.of(since, until), whens, spans, deprecated, changes, waits
        )
        return method

    return declare


def operation_of(method: Callable[..., Any]) -> Operation:
    """The operation that a Protocol method declares.

    Raises:
        TypeError: it declares none.
    """
    found = getattr(method, "__operation__", None)
    if not isinstance(found, Operation):
        raise TypeError(f"{method!r} declares no operation")
    return found
