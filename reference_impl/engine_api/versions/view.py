"""The names of `engine_api.api` as of a version; each type is created on first access."""

from __future__ import annotations

from collections.abc import Callable

from engine_api import api
from engine_api.api.struct import ApiStruct
from engine_api.api.versions import Version
from engine_api.versions.projection import project
from engine_api.wire.bindings import BINDINGS

__all__ = ["view"]


def view(text: str) -> tuple[list[str], Callable[[str], object], Callable[[], list[str]]]:
    """Return `__all__`, `__getattr__` and `__dir__` of the module of a version.

    Types have only the fields of the version. `OPERATIONS` has the operations of the version; `VERSION` is the version.

    Args:
        text: the version, such as `1.44`.
    """
    version = Version.parse(text)
    names = ["OPERATIONS", "VERSION", *api.__all__]

    def get(name: str) -> object:
        if name == "VERSION":
            return version
        if name == "OPERATIONS":
            return tuple(binding.operation for binding in BINDINGS if version in binding.operation.span)
        if name not in names:
            raise AttributeError(f"v{version} has no {name!r}")
        found = getattr(api, name)
        if isinstance(found, type) and issubclass(found, ApiStruct):
            return project(found, version)
        return found

    return names, get, lambda: sorted(names)
