"""`tar`."""

from __future__ import annotations

import io
import posixpath
import tarfile
from collections.abc import Mapping

from engine_api.engines.memory.userland.commands.reading import all_of
from engine_api.engines.memory.userland.commands.streams import put
from engine_api.engines.memory.userland.nodes import Directory, File, Symlink
from engine_api.engines.memory.userland.process import Process, Program
from engine_api.engines.memory.userland.tar import unpack_member

__all__ = ["COMMANDS"]


async def tar(p: Process) -> int:
    arguments = p.argv[1:]
    letters = arguments.pop(0).lstrip("-") if arguments else ""
    name = arguments.pop(0) if "f" in letters and arguments else "-"
    where = p.cwd
    if arguments[:1] == ["-C"]:
        where = p.path(arguments[1])
        arguments = arguments[2:]
    if "c" in letters:
        data = _pack(p, where, arguments, compress="z" in letters)
        if name == "-":
            await p.stdout.write(data)
        else:
            p.fs.write(p.path(name), data, mode=0o666 & ~p.umask)
        return 0
    if name != "-" and not p.fs.exists(p.path(name)):
        await p.complain(f"can't open '{name}': No such file or directory")
        return 1
    data = await all_of(p.stdin) if name == "-" else p.fs.read(p.path(name))
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            await (_list(p, archive) if "t" in letters else _extract(p, archive, where))
    except tarfile.TarError:
        await p.complain("short read" if len(data) < 512 else "invalid tar magic")
        return 1
    return 0


def _pack(p: Process, where: str, sources: list[str], *, compress: bool) -> bytes:
    """Return an archive of files and all below them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz" if compress else "w") as archive:
        for source in sources:
            for path, node in p.fs.walk(posixpath.normpath(posixpath.join(where, source))):
                info = tarfile.TarInfo(posixpath.relpath(path, where))
                info.mode, info.mtime = node.mode, node.mtime
                if isinstance(node, Directory):
                    info.type = tarfile.DIRTYPE
                elif isinstance(node, Symlink):
                    info.type, info.linkname = tarfile.SYMTYPE, node.target
                data = bytes(node.data) if isinstance(node, File) else b""
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


async def _list(p: Process, archive: tarfile.TarFile) -> None:
    for member in archive:
        await put(p, member.name + ("/" if member.isdir() else ""))


async def _extract(p: Process, archive: tarfile.TarFile, where: str) -> None:
    for member in archive:
        member.name = posixpath.join(where, member.name.lstrip("/")).lstrip("/")
        p.fs.mkdir("/" + posixpath.dirname(p.fs.real_missing(member.name).lstrip("/")), parents=True)
        unpack_member(p.fs, archive, member, p.fs.real_missing(member.name))


COMMANDS: Mapping[str, Program] = {
    "tar": tar,
}
