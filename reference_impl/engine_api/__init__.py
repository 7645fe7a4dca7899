"""The Docker Engine API as an executable specification.

`engine_api.api` is the API as of its newest version, `engine_api.v1_44` and its like as of an older one.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__version__ = "0.1.0"


class _VersionModules(MetaPathFinder, Loader):
    """Makes the module of a version, such as `engine_api.v1_44`, when it is first imported: no version has a file."""

    prefix = f"{__name__}.v"

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """The module's specification; None for other names, and for a version that is not described."""
        if not fullname.startswith(self.prefix):
            return None
        from engine_api.api.versions import VERSIONS

        names = {f"{self.prefix}{version.major}_{version.minor}" for version in VERSIONS}
        return ModuleSpec(fullname, self) if fullname in names else None

    def exec_module(self, module: ModuleType) -> None:
        """Give the module the names of `engine_api.api` as of its version."""
        from engine_api.versions.view import view

        version = module.__name__.removeprefix(self.prefix).replace("_", ".")
        module.__doc__ = f"The API as of v{version}: the names of `engine_api.api`, with the fields of that version."
        module.__dict__.update(zip(("__all__", "__getattr__", "__dir__"), view(version), strict=True))


sys.meta_path.append(_VersionModules())
