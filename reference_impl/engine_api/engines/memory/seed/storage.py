"""Mounts of a compose file."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from engine_api.engines.memory.seed.entries import Entry

__all__ = ["mounts"]

_LONG: Final = ("type", "source", "target", "read_only", "volume", "tmpfs", "bind", "consistency")


def mounts(volumes: Entry, named: Mapping[str, str], folder: Path | None) -> dict[str, object]:
    """What a service's `volumes` are in `HostConfig`: `Binds` for paths of the host, `Mounts` for the rest.

    Args:
        volumes: the entry.
        named: the volumes of the file, with the names that they have on the engine.
        folder: where paths of the host begin; None where there are none.
    """
    binds: list[str] = []
    others: list[dict[str, object]] = []
    for volume in volumes.items():
        keys = volume.mapping(_LONG) if isinstance(volume.value, dict) else _short(volume)
        kind = keys["type"].text() if "type" in keys else "volume"
        if "target" not in keys:
            raise volume.error("it has no target")
        if kind == "bind":
            binds.append(_bind(volume, keys, folder))
        elif kind in ("volume", "tmpfs"):
            others.append(_mount(volume, kind, keys, named))
        else:
            raise volume.error(f"mounts of the type {kind} are not understood")
    return {**({"Binds": binds} if binds else {}), **({"Mounts": others} if others else {})}


def _short(volume: Entry) -> dict[str, Entry]:
    parts = volume.text().split(":")
    if len(parts) > 3 or not all(parts):
        raise volume.error("it is none of TARGET, SOURCE:TARGET and SOURCE:TARGET:MODE")
    if len(parts) == 1:
        return {"target": volume.at("target", parts[0])}
    options = parts[2].split(",") if len(parts) == 3 else []
    kind = "bind" if parts[0].startswith(("/", ".", "~")) else "volume"
    found = {"type": kind, "source": parts[0], "target": parts[1], "read_only": "ro" in options}
    if "nocopy" in options:
        found["volume"] = {"nocopy": True}
    if unknown := set(options) - {"ro", "rw", "z", "Z", "nocopy"}:
        raise volume.error(f"the mode {sorted(unknown)[0]} is not understood")
    return {key: Entry(value, volume.place, volume.source) for key, value in found.items()}


def _bind(volume: Entry, keys: Mapping[str, Entry], folder: Path | None) -> str:
    if "source" not in keys:
        raise volume.error("it has no source")
    source = keys["source"].text()
    if source.startswith("~"):
        source = str(Path(source).expanduser())
    if not source.startswith("/"):
        if folder is None:
            raise volume.error(f"{source} begins at the folder of the file, and this comes from none")
        source = posixpath.normpath(str(folder / source))
    readonly = "read_only" in keys and keys["read_only"].boolean()
    return f"{source}:{keys['target'].text()}:{'ro' if readonly else 'rw'}"


def _mount(volume: Entry, kind: str, keys: Mapping[str, Entry], named: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {"Type": kind, "Target": keys["target"].text()}
    if "read_only" in keys and keys["read_only"].boolean():
        found["ReadOnly"] = True
    if "source" in keys:
        source = keys["source"].text()
        if source not in named:
            raise volume.error(f"{source} is none of the volumes of this file")
        found["Source"] = named[source]
    if kind == "volume":
        options = keys["volume"].mapping(("nocopy", "subpath")) if "volume" in keys else {}
        found["VolumeOptions"] = {
            **({"NoCopy": options["nocopy"].boolean()} if "nocopy" in options else {}),
            **({"Subpath": options["subpath"].text()} if "subpath" in options else {}),
        }
    elif "tmpfs" in keys:
        options = keys["tmpfs"].mapping(("size", "mode"))
        found["TmpfsOptions"] = {
            **({"SizeBytes": options["size"].size()} if "size" in options else {}),
            **({"Mode": options["mode"].integer()} if "mode" in options else {}),
        }
    return found
