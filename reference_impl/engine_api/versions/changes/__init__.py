"""Every change of behaviour, newest first.

A module `v1_NN` has the changes of a version, and a module `docker_NN` those of an engine release. Modules are found
by name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from engine_api.api.versions import NEWEST, VERSIONS, Version
from engine_api.versions.change import EVERY_OPERATION, Change

__all__ = ["changes", "changes_above", "changes_of", "changes_up_to", "releases_above", "releases_up_to"]

_MODULES = {version: f"{__name__}.v{version.major}_{version.minor}" for version in VERSIONS}


@cache
def changes_of(version: Version) -> tuple[type[Change], ...]:
    """Return the changes of a version, in the order of their module, and those of its engine releases."""
    with_release = tuple(kind for kind in _of_releases() if kind.introduced() == version)
    try:
        return (*_of_module(_MODULES[version]), *with_release)
    except ModuleNotFoundError as error:
        if error.name != _MODULES[version]:
            raise
        return with_release


def _of_module(name: str) -> Iterator[type[Change]]:
    for title, kind in vars(importlib.import_module(name)).items():
        if isinstance(kind, type) and issubclass(kind, Change) and kind.__module__ == name and title[0] != "_":
            yield kind


@cache
def _of_releases() -> tuple[type[Change], ...]:
    """Return the changes that follow the engine release, newest first."""
    modules = [module.name for module in pkgutil.iter_modules(__path__) if module.name.startswith("docker_")]
    found = [kind for module in modules for kind in _of_module(f"{__name__}.{module}")]
    return tuple(sorted(found, key=lambda kind: numbers_of(kind.release), reverse=True))


def numbers_of(release: str) -> tuple[int, ...]:
    """Return the numbers of a release, such as `28.5`, by which releases are ordered."""
    return tuple(int(part) for part in release.split("."))


def changes(after: Version, to: Version = NEWEST) -> tuple[type[Change], ...]:
    """Return the changes after a version, up to and including another, newest first."""
    return tuple(change for version in reversed(VERSIONS) if after < version <= to for change in changes_of(version))


@cache
def changes_above(version: Version, operation: str) -> tuple[Change, ...]:
    """Return the changes of an operation after a version, newest first."""
    found = tuple(change() for change in changes(version) if _concerns(change, operation) and not change.release)
    for change in found:
        change.asked = version
    return found


@cache
def changes_up_to(version: Version, operation: str) -> tuple[Change, ...]:
    """Return the changes of an operation in a version and before it, newest first."""
    known = (change for older in reversed(VERSIONS) if older <= version for change in changes_of(older))
    return tuple(change() for change in known if _concerns(change, operation) and not change.release)


@cache
def releases_above(release: str | None, operation: str) -> tuple[Change, ...]:
    """Return the changes of an operation after an engine release, newest first; empty for None, the newest release."""
    return tuple(
        kind()
        for kind in _of_releases()
        if release is not None and numbers_of(kind.release) > numbers_of(release) and _concerns(kind, operation)
    )


@cache
def releases_up_to(release: str | None, operation: str) -> tuple[Change, ...]:
    """Return the changes of an operation in an engine release and before it; None is the newest release."""
    above = {type(change) for change in releases_above(release, operation)}
    return tuple(kind() for kind in _of_releases() if kind not in above and _concerns(kind, operation))


def _concerns(change: type[Change], operation: str) -> bool:
    return operation in change.operations or EVERY_OPERATION in change.operations
