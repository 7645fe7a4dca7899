"""`stat`."""

from __future__ import annotations

import re
import stat

from engine_api.engines.memory.userland.commands.files.owners import name_of_user
from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.nodes import Symlink
from engine_api.engines.memory.userland.process import Process

__all__ = ["stat_"]


_KINDS = {
    stat.S_IFREG: "regular file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symbolic link",
    stat.S_IFCHR: "character special file",
}


@command("stat")
async def stat_(p: Process) -> int:
    """Print the attributes of files, with `-c` in a format."""
    given, names = await parse_options(p, "tfL", "c", least=1)
    status = 0
    for name in names:
        try:
            node = p.fs.node(p.path(name), follow="L" in given)
        except OSError as error:
            await p.complain(f"can't stat '{name}': {error.strerror}")
            status = 1
            continue
        kind = _KINDS[node.kind]
        if kind == "regular file" and not node.size:
            kind = "regular empty file"
        values = {
            "s": str(node.size),
            "a": f"{node.mode:o}",
            "A": stat.filemode(node.kind | node.mode),
            "u": str(node.uid),
            "g": str(node.gid),
            "U": name_of_user(p, node.uid),
            "G": name_of_user(p, node.gid),
            "F": kind,
            "n": name,
            "N": f"'{name}' -> '{node.target}'" if isinstance(node, Symlink) else f"'{name}'",
            "Y": str(int(node.mtime)),
            "h": "1",
        }
        if "c" in given:
            await write_line(p, re.sub("%([a-zA-Z])", lambda match, v=values: v.get(match[1], "?"), given["c"]))  # type: ignore[misc]
        else:
            await write_line(p, f"  File: {name}\n  Size: {node.size}\t{kind}")
            await write_line(p, f"Access: ({node.mode:04o}/{stat.filemode(node.kind | node.mode)})")
    return status
