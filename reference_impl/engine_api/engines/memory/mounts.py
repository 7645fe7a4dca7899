"""Mounts that a new container asks for."""

from __future__ import annotations

from typing import Final

from engine_api.api.errors import InvalidParameter
from engine_api.api.mounts import Mount

__all__ = ["check_mount"]

_OPTIONS: Final = {
    "BindOptions": ("bind_options", "bind"),
    "VolumeOptions": ("volume_options", "volume"),
    "ImageOptions": ("image_options", "image"),
    "TmpfsOptions": ("tmpfs_options", "tmpfs"),
}


def check_mount(mount: Mount) -> None:
    """Refuse a mount that makes no sense, or that needs the host's files, which this engine has none of.

    Raises:
        InvalidParameter: it does.
    """
    kind = mount.type or ""
    if kind not in ("bind", "volume", "tmpfs", "image", "cluster", "npipe"):
        raise _bad(kind, "mount type unknown")
    if not mount.target:
        raise _bad(kind, "field Target must not be empty")
    if mount.target.rstrip("/") in ("", "."):
        raise _bad(kind, "invalid specification: destination can't be '/'")
    if not mount.target.startswith("/"):
        raise _bad(kind, f"invalid mount path: '{mount.target}' mount path must be absolute")
    for name, (field, owner) in _OPTIONS.items():
        if kind != owner and getattr(mount, field):
            if name == "ImageOptions":
                raise _bad(kind, f"field {name} must not be specified")
            raise InvalidParameter(f'{name} must not be specified on mount type "{kind}"')
    if kind == "bind":
        if not mount.source:
            raise _bad(kind, "field Source must not be empty")
        if not mount.source.startswith("/"):
            raise _bad(kind, f"invalid mount path: '{mount.source}' mount path must be absolute")
        raise _bad(kind, f"bind source path does not exist: {mount.source}")
    if kind == "tmpfs" and mount.source:
        raise _bad(kind, "field Source must not be specified")
    if kind == "image" and not mount.source:
        raise _bad(kind, "field Source must not be empty")
    if kind == "volume" and mount.volume_options and mount.volume_options.subpath and not mount.source:
        raise _bad(kind, "must not set Subpath when using anonymous volumes")


def _bad(kind: str, why: str) -> InvalidParameter:
    return InvalidParameter(f'invalid mount config for type "{kind}": {why}')
