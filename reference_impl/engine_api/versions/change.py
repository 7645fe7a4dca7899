"""A change of behaviour that came with a version.

Fields and parameters that come and go are marked with `Since` and `Until` instead. The name of a subclass is a
sentence with a verb, and its docstring is its entry in the changelog. The engine implements the newest version only:
`lift` turns a request of the version before into one of the change's version, and `lower` a result of the change's
version into one of the version before.
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
"""The arguments of a call by name; omitted arguments are absent."""


EVERY_OPERATION: Final = "*"
"""Stands for all operations in place of an operation's ID."""


class Scope(Enum):
    """What a change came with."""

    VERSION = "API version"
    """A version; the change applies to it and to later versions."""
    RELEASE = "engine release"
    """An engine release; the change applies to every version that the release serves."""


class Effect(Enum):
    """The effect on a client that was written for the version before."""

    COMPATIBLE = "compatible"
    BREAKING = "breaking"


class Change:
    """A change of behaviour; the docstring of a subclass is its entry in the changelog."""

    version: ClassVar[str]
    """The version that introduced the change."""
    operations: ClassVar[tuple[str, ...]]
    """The IDs of the changed operations; `*` for all operations."""
    kind: ClassVar[Literal["behaviour", "default", "header"]] = "behaviour"
    """What changed: behaviour, a default, or a header of the response."""
    what: ClassVar[Literal["added", "changed", "deprecated"]] = "changed"
    """How it changed."""
    scope: ClassVar[Scope] = Scope.VERSION
    release: ClassVar[str] = ""
    """The Docker release that introduced the change, such as `29.0`; empty if the change follows the API version.

    The methods of a change with a release apply to every version of an older release.
    """
    effect: ClassVar[Effect] = Effect.COMPATIBLE
    why: ClassVar[str] = ""
    """Why the change breaks such a client, or why not."""
    back: ClassVar[Effect] = Effect.BREAKING
    """The effect on a client that was written for this version and uses the version before."""
    why_back: ClassVar[str] = "what a client counts on is not so"
    """Why the version before breaks such a client, or why not."""
    path: ClassVar[str] = ""
    """The changed field, `?parameter`, header or `=status`; empty if the change concerns none."""
    paths: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of an operation and its changed path, if paths differ between operations or are several."""

    asked: Version
    """The version of the calls that are lifted, lowered or refused; `changes_above` sets it."""

    @classmethod
    def introduced(cls) -> Version:
        """Return the version that introduced the change."""
        return Version.parse(cls.version)

    @classmethod
    def text(cls) -> str:
        """Return the entry in the changelog."""
        return inspect.getdoc(cls) or ""

    @classmethod
    def paths_of(cls, operation: str) -> tuple[str, ...]:
        """Return the changed paths of an operation."""
        return tuple(path for own, path in cls.paths if own == operation) or (cls.path,)

    def refuse(self, arguments: Mapping[str, object]) -> None:
        """Check a call of an older version for what this version added, if the engine refuses instead of ignoring it.

        Raises:
            EngineError: the call uses what the older version lacks.
        """

    def demand(self, arguments: Mapping[str, object]) -> None:
        """Check a call of this release for what the release refuses and older releases accept.

        Raises:
            EngineError: the release refuses the call.
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
