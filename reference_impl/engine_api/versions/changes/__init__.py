"""Every change of behaviour, one module per version, newest first. The order is known here only."""

from __future__ import annotations

import importlib
from functools import cache

from engine_api.api.versions import NEWEST, VERSIONS, Version
from engine_api.versions.change import EVERY_OPERATION, Change

__all__ = ["changes", "changes_above", "changes_of", "changes_up_to"]

_MODULES = {version: f"{__name__}.v{version.major}_{version.minor}" for version in VERSIONS}


@cache
def changes_of(version: Version) -> tuple[type[Change], ...]:
    """The changes that came with a version, in the order of their module."""
    try:
        module = importlib.import_module(_MODULES[version])
    except ModuleNotFoundError as error:
        if error.name != _MODULES[version]:
            raise
        return ()
    return tuple(
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Change) and kind.__module__ == module.__name__
    )


def changes(after: Version, to: Version = NEWEST) -> tuple[type[Change], ...]:
    """The changes that came after a version, up to and with another, newest first."""
    return tuple(change for version in reversed(VERSIONS) if after < version <= to for change in changes_of(version))


@cache
def changes_above(version: Version, operation: str) -> tuple[Change, ...]:
    """The changes of an operation that came after a version, newest first."""
    found = tuple(change() for change in changes(version) if _concerns(change, operation))
    for change in found:
        change.asked = version
    return found


@cache
def changes_up_to(version: Version, operation: str) -> tuple[Change, ...]:
    """The changes of an operation that came with a version or before it, newest first."""
    known = (change for older in reversed(VERSIONS) if older <= version for change in changes_of(older))
    return tuple(change() for change in known if _concerns(change, operation))


def _concerns(change: type[Change], operation: str) -> bool:
    return operation in change.operations or EVERY_OPERATION in change.operations
