"""The context of a build, from a folder on this machine."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from engine_api.formats.dockerignore import IgnoreRules

__all__ = ["async_build_context", "build_context"]

_PIECE: Final = 256 * 1024
_BLOCK: Final = tarfile.BLOCKSIZE


def build_context(folder: str | os.PathLike[str], *, dockerfile: str = "Dockerfile") -> Iterator[bytes]:
    """Yield a folder as the context of a build: a tar archive in pieces, without files that `.dockerignore` excludes.

        client.builder.build(context=build_context("."), tags=["mine:latest"])

    The archive always has the Dockerfile and `.dockerignore`, which the engine reads. Files belong to root and keep
    their modes and times. Sockets are omitted.

    Args:
        folder: the folder.
        dockerfile: the path of the Dockerfile in the folder.

    Raises:
        NotADirectoryError: the path is not a folder.
        OSError: a file cannot be read.
    """
    root = Path(folder)
    if not root.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(root))
    try:
        rules = IgnoreRules.read((root / ".dockerignore").read_bytes())
    except FileNotFoundError:
        rules = IgnoreRules(())
    kept = {".dockerignore", os.path.normpath(dockerfile).replace(os.sep, "/")}
    return _archive(root, rules, kept)


async def async_build_context(
    folder: str | os.PathLike[str], *, dockerfile: str = "Dockerfile"
) -> AsyncIterator[bytes]:
    """Yield a folder as the context of a build for `AsyncClient`; see `build_context`.

    Args:
        folder: the folder.
        dockerfile: the path of the Dockerfile in the folder.

    Raises:
        NotADirectoryError: the path is not a folder.
        OSError: a file cannot be read.
    """
    for piece in build_context(folder, dockerfile=dockerfile):
        yield piece


def _archive(root: Path, rules: IgnoreRules, kept: set[str]) -> Iterator[bytes]:
    for path, entry in _entries(root, "", rules, kept):
        yield from _member(path, Path(entry.path))
    yield bytes(2 * _BLOCK)


def _entries(folder: Path, above: str, rules: IgnoreRules, kept: set[str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path = f"{above}{entry.name}"
        left_out = rules.leaves_out(path) and path not in kept
        if entry.is_dir(follow_symlinks=False):
            wanted = rules.keeps_below(path) or any(name.startswith(f"{path}/") for name in kept)
            if not left_out:
                yield f"{path}/", entry
            if not left_out or wanted:
                yield from _entries(Path(entry.path), f"{path}/", rules, kept)
        elif not left_out:
            yield path, entry


def _member(path: str, file: Path) -> Iterator[bytes]:
    """Return an entry of the archive."""
    info = tarfile.TarInfo(path)
    found = file.lstat()
    info.mode, info.mtime = stat.S_IMODE(found.st_mode), int(found.st_mtime)
    if stat.S_ISLNK(found.st_mode):
        info.type, info.linkname = tarfile.SYMTYPE, os.readlink(file)
    elif stat.S_ISDIR(found.st_mode):
        info.type = tarfile.DIRTYPE
    elif not stat.S_ISREG(found.st_mode):
        return
    if not info.isreg():
        yield _header(info)
        return
    with file.open("rb") as content:
        info.size = os.fstat(content.fileno()).st_size
        yield _header(info)
        left = info.size
        while left and (piece := content.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
        yield bytes(left + -info.size % _BLOCK)


def _header(info: tarfile.TarInfo) -> bytes:
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
