"""`tar`."""

from __future__ import annotations

import io
import posixpath
import tarfile

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import read_all, write_line
from engine_api.engines.memory.userland.nodes import Directory, File, Symlink
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.tar import unpack_member

__all__ = ["tar"]


@command("tar")
async def tar(p: Process) -> int:
    """Create, list or extract an archive; return 1 if it cannot be read."""
    arguments = p.argv[1:]
    letters = arguments.pop(0).lstrip("-") if arguments else ""
    name = arguments.pop(0) if "f" in letters and arguments else "-"
    where = p.cwd
    if arguments[:1] == ["-C"]:
        where = p.path(arguments[1])
        arguments = arguments[2:]
    if "c" in letters:
        data = _packed(p, where, arguments, compressed="z" in letters)
        if name == "-":
            await p.stdout.write(data)
        else:
            p.fs.write(p.path(name), data, mode=0o666 & ~p.umask)
        return 0
    if name != "-" and not p.fs.exists(p.path(name)):
        await p.complain(f"can't open '{name}': No such file or directory")
        return 1
    data = await read_all(p.stdin) if name == "-" else p.fs.read(p.path(name))
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            if "t" in letters:
                await _list(p, archive)
            else:
                _extract(p, archive, where)
    except tarfile.TarError:
        await p.complain("short read" if len(data) < 512 else "invalid tar magic")
        return 1
    return 0


def _packed(p: Process, where: str, names: list[str], *, compressed: bool) -> bytes:
    """Return an archive of paths, which are taken from a directory, with everything below them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz" if compressed else "w") as archive:
        for name in names:
            for path, node in p.fs.walk(posixpath.normpath(posixpath.join(where, name))):
                info = tarfile.TarInfo(posixpath.relpath(path, where))
                info.mode, info.mtime = node.mode, node.mtime
                data = bytes(node.data) if isinstance(node, File) else b""
                info.size = len(data)
                if isinstance(node, Directory):
                    info.type = tarfile.DIRTYPE
                elif isinstance(node, Symlink):
                    info.type, info.linkname = tarfile.SYMTYPE, node.target
                archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


async def _list(p: Process, archive: tarfile.TarFile) -> None:
    for member in archive:
        await write_line(p, member.name + ("/" if member.isdir() else ""))


def _extract(p: Process, archive: tarfile.TarFile, where: str) -> None:
    for member in archive:
        member.name = posixpath.join(where, member.name.lstrip("/")).lstrip("/")
        path = p.fs.real_missing(member.name)
        p.fs.mkdir(posixpath.dirname(path), parents=True)
        unpack_member(p.fs, archive, member, path)
