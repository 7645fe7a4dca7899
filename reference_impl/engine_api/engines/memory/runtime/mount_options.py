"""Mounts as a new container asks for them: `Binds`, `Mounts` and `Tmpfs`, parsed and checked."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final

from engine_api.api.errors import InternalError, InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.api.mounts import Mount
from engine_api.engines.memory.userland.filesystem import FileSystem

__all__ = ["Bind", "check_mode", "check_mount", "check_mounts", "parse_bind", "parse_tmpfs"]

_OPTIONS: Final = {
    "BindOptions": ("bind_options", "bind"),
    "VolumeOptions": ("volume_options", "volume"),
    "ImageOptions": ("image_options", "image"),
    "TmpfsOptions": ("tmpfs_options", "tmpfs"),
}
_MODES: Final = (
    frozenset(("ro", "rw")),
    frozenset(("z", "Z")),
    frozenset(("nocopy",)),
    frozenset(("consistent", "cached", "delegated", "default")),
    frozenset(("private", "rprivate", "shared", "rshared", "slave", "rslave")),
)
"""Words of a mode, of which there can be one of each set."""
_SIZES: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


@dataclass(frozen=True)
class Bind:
    """An entry of `Binds`."""

    source: str
    """A path of the host or the name of a volume; empty for a new volume."""
    target: str
    mode: str
    readonly: bool
    copy: bool


def parse_bind(text: str) -> Bind:
    """An entry of `Binds`: `[SOURCE:]TARGET[:MODE]`.

    Raises:
        InternalError: it is malformed; engines do not say that it is the client's fault.
    """
    parts = text.split(":")
    if len(parts) > 3 or not parts[0] or (len(parts) == 2 and _valid_mode(parts[1])):
        raise InternalError(f"invalid volume specification: '{text}'")
    source, target, mode = ("", *parts, "") if len(parts) == 1 else (*parts, "") if len(parts) == 2 else parts
    words = check_mode(mode)
    kind = "bind" if source.startswith("/") else "volume"
    try:
        _check_target(kind, target)
    except InvalidParameter as error:
        raise InternalError(f"invalid volume specification: '{text}': {error.message}") from None
    return Bind(source, posixpath.normpath(target), mode, "ro" in words, "nocopy" not in words)


def check_mode(mode: str) -> list[str]:
    """The words of a mode such as `ro,z`.

    Raises:
        InternalError: one is unknown, or they contradict each other.
    """
    words = mode.split(",") if mode else []
    if words and not _valid_mode(mode):
        raise InternalError(f"invalid mode: {mode}")
    return words


def _valid_mode(mode: str) -> bool:
    words = mode.split(",")
    return all(sum(word in known for word in words) <= 1 for known in _MODES) and all(
        any(word in known for known in _MODES) for word in words
    )


def parse_tmpfs(options: str) -> tuple[int, int]:
    """Return the size in bytes, 0 for no limit, and the permissions in options such as `size=1m,mode=700`.

    Raises:
        InvalidParameter: a number is malformed.
    """
    size, bits = 0, 0o1777
    for word in options.split(",") if options else ():
        name, _, value = word.partition("=")
        try:
            if name == "size":
                unit = value[-1:].lower() if value[-1:].isalpha() else ""
                size = int(value.rstrip("kKmMgG")) * _SIZES[unit]
            elif name == "mode":
                bits = int(value, 8)
        except (KeyError, ValueError):
            raise InvalidParameter(f'invalid tmpfs option ["{word}"]') from None
    return size, bits


def check_mounts(host: HostConfig, files: FileSystem | None) -> None:
    """Refuse mounts that contradict each other, or whose source is not there.

    Args:
        host: what a new container asks for.
        files: the files of the pretended host; None if there is none, so that nothing of it can be mounted.

    Raises:
        InvalidParameter: they do, or it is not.
        InternalError: an entry of `Binds` is malformed.
    """
    targets = [parse_bind(text).target for text in host.binds or ()]
    targets += [posixpath.normpath(str(mount.target)) for mount in host.mounts or ()]
    for position, target in enumerate(targets):
        if target in targets[:position]:
            raise InvalidParameter(f"Duplicate mount point: {target}")
    for options in (host.tmpfs or {}).values():
        parse_tmpfs(options)
    for text in host.binds or ():
        source = parse_bind(text).source
        if source.startswith("/") and files is None:
            raise _bad("bind", f"bind source path does not exist: {source}")
    for mount in host.mounts or ():
        if mount.type == "bind":
            made = bool(mount.bind_options and mount.bind_options.create_mountpoint)
            if files is None or not (made or files.exists(str(mount.source))):
                raise _bad("bind", f"bind source path does not exist: {mount.source}")


def check_mount(mount: Mount) -> None:
    """Refuse a mount that makes no sense.

    Raises:
        InvalidParameter: it does.
    """
    kind = mount.type or ""
    if kind not in ("bind", "volume", "tmpfs", "image", "cluster", "npipe"):
        raise _bad(kind, "mount type unknown")
    _check_target(kind, mount.target or "")
    for name, (field, owner) in _OPTIONS.items():
        if kind != owner and getattr(mount, field):
            if name == "ImageOptions":
                raise _bad(kind, f"field {name} must not be specified")
            raise InvalidParameter(f'{name} must not be specified on mount type "{kind}"')
    _check_source(kind, mount.source or "")
    subpath = mount.volume_options.subpath if mount.volume_options else ""
    if kind == "volume" and subpath:
        if not mount.source:
            raise _bad(kind, "must not set Subpath when using anonymous volumes")
        _check_subpath(kind, subpath)
    if kind == "image" and mount.image_options and mount.image_options.subpath:
        _check_subpath(kind, mount.image_options.subpath)


def _check_source(kind: str, source: str) -> None:
    if kind in ("bind", "image") and not source:
        raise _bad(kind, "field Source must not be empty")
    if kind == "bind" and not source.startswith("/"):
        raise _bad(kind, f"invalid mount path: '{source}' mount path must be absolute")
    if kind == "tmpfs" and source:
        raise _bad(kind, "field Source must not be specified")


def _check_target(kind: str, target: str) -> None:
    if not target:
        raise _bad(kind, "field Target must not be empty")
    if target.rstrip("/") in ("", "."):
        raise _bad(kind, "invalid specification: destination can't be '/'")
    if not target.startswith("/"):
        raise _bad(kind, f"invalid mount path: '{target}' mount path must be absolute")


def _check_subpath(kind: str, subpath: str) -> None:
    if subpath.startswith("/") or ".." in posixpath.normpath(subpath).split("/"):
        raise _bad(kind, "subpath must be a relative path within the volume")


def _bad(kind: str, why: str) -> InvalidParameter:
    return InvalidParameter(f'invalid mount config for type "{kind}": {why}')
