"""`tar`."""

from __future__ import annotations

import io
import posixpath
import tarfile
from collections.abc import Mapping

from engine_api.engines.memory.userland.commands.reading import all_of
from engine_api.engines.memory.userland.commands.streams import put
from engine_api.engines.memory.userland.filesystem import Directory, File, Symlink
from engine_api.engines.memory.userland.process import Process, Program

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
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz" if "z" in letters else "w") as archive:
            for source in arguments:
                for path, node in p.fs.walk(posixpath.normpath(posixpath.join(where, source))):
                    info = tarfile.TarInfo(posixpath.relpath(path, where))
                    info.mode, info.mtime = node.mode, node.mtime
                    info.type = (
                        tarfile.DIRTYPE
                        if isinstance(node, Directory)
                        else tarfile.SYMTYPE
                        if isinstance(node, Symlink)
                        else tarfile.REGTYPE
                    )
                    info.linkname = node.target if isinstance(node, Symlink) else ""
                    data = bytes(node.data) if isinstance(node, File) else b""
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))
        if name == "-":
            await p.stdout.write(buffer.getvalue())
        else:
            p.fs.write(p.path(name), buffer.getvalue())
        return 0
    if name != "-" and not p.fs.exists(p.path(name)):
        await p.complain(f"can't open '{name}': No such file or directory")
        return 1
    data = await all_of(p.stdin) if name == "-" else p.fs.read(p.path(name))
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            if "t" in letters:
                for member in archive:
                    await put(p, member.name + ("/" if member.isdir() else ""))
                return 0
            for member in archive:
                member.name = posixpath.join(where, member.name.lstrip("/")).lstrip("/")
                p.fs.mkdir("/" + posixpath.dirname(p.fs.real_missing(member.name).lstrip("/")), parents=True)
                p.fs._unpack(archive, member, p.fs.real_missing(member.name))
    except tarfile.TarError:
        await p.complain("short read" if len(data) < 512 else "invalid tar magic")
        return 1
    return 0


COMMANDS: Mapping[str, Program] = {
    "tar": tar,
}
