"""A change of behaviour that came with a version.

What a field or parameter can say of itself (`Since`, `Until`) is no change object. A subclass is named by a sentence
with a verb, and its docstring is the changelog's entry. The engine always speaks the newest version: `lift` turns a
request of the version before into one of the change's version, `lower` a result of the change's version into one of
the version before.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, Final, Literal

from engine_api.api.errors import EngineError
from engine_api.api.versions import Version

__all__ = ["EVERY_OPERATION", "Arguments", "Change", "Effect", "Scope"]

Arguments = dict[str, Any]
"""The arguments of a call by name; those that were not given are absent."""


EVERY_OPERATION: Final = "*"
"""In place of an operation's id: what concerns all of them."""


class Scope(Enum):
    """Along which axis a change lies."""

    VERSION = "API version"
    """It shows in a version and all later ones."""
    RELEASE = "engine release"
    """It came with an engine release, in every version that such an engine serves."""


class Effect(Enum):
    """What a change means for a client that was written for the version before."""

    COMPATIBLE = "compatible"
    BREAKING = "breaking"


class Change:
    """A change of behaviour; the docstring of a subclass is its entry in the changelog."""

    version: ClassVar[str]
    """The version that it came with."""
    operations: ClassVar[tuple[str, ...]]
    """The ids of the operations that it concerns; `*` for every one."""
    kind: ClassVar[Literal["behaviour", "default", "header"]] = "behaviour"
    """What changed: what is done, what is taken when nothing is given, or a header of the answer."""
    what: ClassVar[Literal["added", "changed", "deprecated"]] = "changed"
    """How it changed."""
    scope: ClassVar[Scope] = Scope.VERSION
    release: ClassVar[str] = ""
    """The Docker release that it came with, such as `29.0`, if what is served follows the release and not the version:
    its methods then apply to every version of an older release.
    """
    effect: ClassVar[Effect] = Effect.COMPATIBLE
    why: ClassVar[str] = ""
    """Why it is breaking, or why it is not."""
    back: ClassVar[Effect] = Effect.BREAKING
    """What it means for a client that was written for this version and meets the one before."""
    why_back: ClassVar[str] = "what a client counts on is not so"
    """Why that is breaking, or why it is not."""
    path: ClassVar[str] = ""
    """The field, `?parameter`, header or `=status` that it is about, if it is about one."""
    paths: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Operations with what it is about in them, where that differs, or is more than one thing."""

    asked: Version
    """The version of the calls that are lifted, lowered or refused; `changes_above` sets it."""

    @classmethod
    def introduced(cls) -> Version:
        """The version that it came with."""
        return Version.parse(cls.version)

    @classmethod
    def text(cls) -> str:
        """The changelog's entry."""
        return inspect.getdoc(cls) or ""

    @classmethod
    def paths_of(cls, operation: str) -> tuple[str, ...]:
        """What it is about in an operation."""
        return tuple(path for own, path in cls.paths if own == operation) or (cls.path,)

    def refuse(self, arguments: Mapping[str, object]) -> None:
        """Refuse a call of an older version that uses what came with this one, where the engine does not ignore it.

        Raises:
            EngineError: it does.
        """

    def demand(self, arguments: Mapping[str, object]) -> None:
        """Refuse a call that the release of the change refuses, and that older releases do not.

        Raises:
            EngineError: it does.
        """

    def lift(self, arguments: Arguments) -> None:
        """Turn the arguments of a call of an older version into those of this version."""

    def lower(self, result: Any, arguments: Arguments) -> Any:
        """Return the result of this version as that of the version before; `arguments` are those of the call."""
        return result

    def hide(self, result: Any) -> Any:
        """Return the engine's result without what only earlier versions show; called for this version and later."""
        return result

    def lower_error(self, error: EngineError) -> EngineError:
        """Return the error of this version as that of the version before."""
        return error

    def lower_headers(self, headers: dict[str, str], arguments: Mapping[str, object]) -> None:
        """Turn the headers of this version's response into those of the version before."""
