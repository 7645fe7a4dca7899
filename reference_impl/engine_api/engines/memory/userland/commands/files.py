"""Commands that show and change files."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import posixpath
import re
import stat
import tarfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from engine_api.engines.memory.userland.commands.dates import moment
from engine_api.engines.memory.userland.commands.find import find
from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.reading import all_of
from engine_api.engines.memory.userland.commands.text import put, size_of
from engine_api.engines.memory.userland.filesystem import Directory, File, Node, Symlink
from engine_api.engines.memory.userland.pipes import FileReader, Reader
from engine_api.engines.memory.userland.process import Process, Program

__all__ = ["COMMANDS"]


async def ls(p: Process) -> int:
    given, names = await options(p, "la1AhRdtrFpis")
    status = 0
    directories: list[str] = []
    singles: list[tuple[str, Node]] = []
    for name in names or ["."]:
        try:
            node = p.fs.node(p.path(name), follow="l" not in given)
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
            continue
        if isinstance(node, Directory) and "d" not in given:
            directories.append(name)
        else:
            singles.append((name, node))
    await _show(p, sorted(singles, key=lambda single: single[0]), given)
    for index, name in enumerate(sorted(directories)):
        if len(names) > 1 or "R" in given:
            await put(p, ("\n" if index or singles else "") + f"{name}:")
        await _show_directory(p, name, given)
    return status


async def _show_directory(p: Process, name: str, given: dict[str, str]) -> None:
    path = p.path(name)
    entries = [(entry, p.fs.node(f"{path}/{entry}", follow=False)) for entry in p.fs.list(path)]
    if "a" in given:
        entries = [(".", p.fs.node(path)), ("..", p.fs.node(path + "/..")), *entries]
    elif "A" not in given:
        entries = [entry for entry in entries if not entry[0].startswith(".")]
    if "l" in given:
        await put(p, f"total {sum((node.size + 4095) // 4096 * 4 for _, node in entries)}")
    await _show(p, entries, given)
    if "R" in given:
        for entry, node in entries:
            if isinstance(node, Directory) and entry not in (".", ".."):
                await put(p, f"\n{name}/{entry}:")
                await _show_directory(p, f"{name}/{entry}", given)


def _mark(node: Node, given: dict[str, str]) -> str:
    if isinstance(node, Directory):
        return "/" if {"F", "p"} & set(given) else ""
    if "F" not in given:
        return ""
    return "@" if isinstance(node, Symlink) else "*" if isinstance(node, File) and node.mode & 0o111 else ""


async def _show(p: Process, entries: list[tuple[str, Node]], given: dict[str, str]) -> None:
    if "t" in given:
        entries = sorted(entries, key=lambda entry: entry[1].mtime, reverse=True)
    for name, node in reversed(entries) if "r" in given else entries:
        prefix = f"{id(node) % 10**7:7d} " if "i" in given else ""
        if "s" in given:
            prefix += f"{(node.size + 4095) // 4096 * 4:6d} "
        if "l" not in given:
            await put(p, prefix + name + _mark(node, given))
            continue
        when = datetime.fromtimestamp(node.mtime, UTC).strftime("%b %e %H:%M")
        target = f" -> {node.target}" if isinstance(node, Symlink) else ""
        owner = f"{_user(p, node.uid):<8} {_user(p, node.gid):<8}"
        mode = stat.filemode(node.kind | node.mode)
        size = _human(node.size) if "h" in given else str(node.size)
        await put(p, f"{prefix}{mode}    1 {owner} {size:>9} {when} {name}{_mark(node, given)}{target}")


def _human(size: int) -> str:
    value, units = float(size), ["", "K", "M", "G"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{value:.1f}{units[0]}"


def _user(p: Process, number: int) -> str:
    try:
        for line in p.fs.read("/etc/passwd").decode().splitlines():
            fields = line.split(":")
            if len(fields) > 2 and fields[2] == str(number):
                return fields[0]
    except OSError:
        pass
    return str(number)


async def mkdir(p: Process) -> int:
    given, names = await options(p, "pv", "m", least=1)
    status = 0
    for name in names:
        try:
            p.fs.mkdir(p.path(name), int(given.get("m", "755"), 8), parents="p" in given)
            if "v" in given:
                await put(p, f"created directory: '{name}'")
        except OSError as error:
            await p.complain(f"can't create directory '{name}': {error.strerror}")
            status = 1
    return status


async def rmdir(p: Process) -> int:
    given, names = await options(p, "p", least=1)
    status = 0
    for name in names:
        try:
            if not p.fs.is_directory(p.path(name)):
                raise NotADirectoryError(
                    20, "Not a directory" if p.fs.exists(p.path(name)) else "No such file or directory"
                )
            p.fs.remove(p.path(name))
            while "p" in given and (name := posixpath.dirname(name)):
                p.fs.remove(p.path(name))
        except OSError as error:
            await p.complain(f"'{name}': {error.strerror}")
            status = 1
    return status


async def rm(p: Process) -> int:
    given, names = await options(p, "rRfiv")
    status = 0
    if not names and "f" not in given:
        await p.complain("missing operand")
        return 1
    for name in names:
        try:
            path = p.path(name)
            if isinstance(p.fs.node(path, follow=False), Directory) and not {"r", "R"} & set(given):
                await p.complain(f"'{name}' is a directory")
                status = 1
                continue
            p.fs.remove_tree(path)
            if "v" in given:
                await put(p, f"removed '{name}'")
        except OSError as error:
            if "f" not in given:
                await p.complain(f"can't remove '{name}': {error.strerror}")
                status = 1
    return status


async def cp(p: Process) -> int:
    given, names = await options(p, "rRafpdLPvn", least=2)
    return await _transfer(p, names, given, move=False)


async def mv(p: Process) -> int:
    given, names = await options(p, "finv", least=2)
    return await _transfer(p, names, given, move=True)


async def _transfer(p: Process, names: list[str], given: dict[str, str], *, move: bool) -> int:
    *sources, target = names
    below = p.fs.is_directory(p.path(target))
    status = 0
    for source in sources:
        shown = posixpath.join(target, posixpath.basename(source.rstrip("/"))) if below or len(sources) > 1 else target
        goal = p.path(shown)
        try:
            node = p.fs.node(p.path(source), follow=not (move or {"d", "a", "P"} & set(given)))
        except OSError as error:
            await p.complain(f"can't {'rename' if move else 'stat'} '{source}': {error.strerror}")
            status = 1
            continue
        if "n" in given and p.fs.exists(goal):
            continue
        if p.fs.exists(goal) and p.fs.real(goal) == p.fs.real(p.path(source)):
            await p.complain(f"'{source}' and '{shown}' are the same file")
            status = 1
            continue
        if isinstance(node, Directory) and not move and not {"r", "R", "a"} & set(given):
            await p.complain(f"omitting directory '{source}'")
            status = 1
            continue
        try:
            if shown.endswith("/") and not isinstance(node, Directory):
                raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
            if move:
                p.fs.rename(p.path(source), goal.rstrip("/"))
            else:
                _copy(p, node, goal.rstrip("/"), None if "a" in given or "p" in given else p.clock.time_ns() / 1e9)
        except OSError as error:
            words = f"can't rename '{source}'" if move else f"can't create '{shown}'"
            await p.complain(f"{words}: {error.strerror}")
            status = 1
            continue
        if "v" in given:
            await put(p, f"'{source}' -> '{shown}'")
    return status


def _copy(p: Process, node: Node, target: str, now: float | None) -> None:
    made = node.copy()
    made.mtime = node.mtime if now is None else now
    if isinstance(made, Directory):
        inner = dict(made.entries)
        made.entries = {}
        if not p.fs.is_directory(target):
            p.fs.put(target, made)
        for name, one in inner.items():
            _copy(p, one, f"{target}/{name}", now)
        return
    if isinstance(made, File):
        made.data = bytes(made.data)
    p.fs.put(target, made)


async def ln(p: Process) -> int:
    given, names = await options(p, "sfn", least=1)
    source, target = names[0], names[1] if len(names) > 1 else posixpath.basename(names[0])
    path = p.path(target)
    if p.fs.is_directory(path) and "n" not in given:
        path = posixpath.join(path, posixpath.basename(source))
    if "s" not in given and not p.fs.exists(p.path(source)):
        await p.complain(f"{source}: No such file or directory")
        return 1
    try:
        if "f" in given and p.fs.exists(path, follow=False):
            p.fs.remove(path)
        elif p.fs.exists(path, follow=False):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        p.fs.put(path, Symlink(source) if "s" in given else p.fs.node(p.path(source)).copy())
    except OSError as error:
        await p.complain(f"{target}: {error.strerror}")
        return 1
    return 0


async def touch(p: Process) -> int:
    given, names = await options(p, "acm", "dtr", least=1)
    when = p.clock.time_ns() / 1e9
    text = given.get("d", given.get("t"))
    if text is not None:
        found = moment(text, now=when)
        if found is None:
            await p.complain(f"invalid date '{text}'")
            return 1
        when = found
    status = 0
    for name in names:
        try:
            path = p.path(name)
            if not p.fs.exists(path):
                if "c" in given:
                    continue
                p.fs.write(path, b"")
            p.fs.own(path).mtime = when
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
    return status


def _below(p: Process, name: str, recursive: bool) -> Iterator[str]:
    """A path, and if asked for, everything below it."""
    yield p.path(name)
    if recursive:
        yield from [path for path, _ in p.fs.walk(posixpath.normpath(p.path(name)))][1:]


async def chmod(p: Process) -> int:
    arguments = p.argv[1:]
    recursive = arguments[:1] == ["-R"]
    mode, *names = arguments[1:] if recursive else arguments or [""]
    if not names:
        await p.complain("missing operand")
        return 1
    if not re.fullmatch(r"[0-7]+|[ugoa]*[-+=][rwxXst]*(,[ugoa]*[-+=][rwxXst]*)*", mode):
        await p.complain(f"invalid mode '{mode}'")
        return 1
    status = 0
    for name in names:
        try:
            for path in _below(p, name, recursive):
                node = p.fs.own(path)
                node.mode = int(mode, 8) if mode.isdigit() else _symbolic(mode, node.mode)
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
    return status


def _symbolic(text: str, mode: int) -> int:
    for part in text.split(","):
        operator = next(sign for sign in "+-=" if sign in part)
        classes, _, rights = part.partition(operator)
        bits = sum({"r": 4, "w": 2, "x": 1}.get(letter, 0) for letter in rights)
        for shift in [{"u": 6, "g": 3, "o": 0}[c] for c in (classes.replace("a", "ugo") or "ugo")]:
            if operator == "+":
                mode |= bits << shift
            elif operator == "-":
                mode &= ~(bits << shift)
            else:
                mode = (mode & ~(7 << shift)) | bits << shift
    return mode


def _number(p: Process, name: str, file: str) -> int:
    """The number of a user or group, given as such or by name."""
    if name.isdigit():
        return int(name)
    for line in p.fs.read(file).decode().splitlines():
        fields = line.split(":")
        if len(fields) > 2 and fields[0] == name:
            return int(fields[2])
    raise LookupError(name)


async def chown(p: Process) -> int:
    given, names = await options(p, "Rh", least=2)
    owner, *names = names
    user, colon, group = (":" + owner if p.argv[0].endswith("chgrp") else owner).partition(":")
    what = "user/group" if user and colon else "group" if colon else "user"
    try:
        uid = _number(p, user, "/etc/passwd") if user else None
        gid = _number(p, group, "/etc/group") if group else None
    except LookupError:
        await p.complain(f"unknown {what} {owner}")
        return 1
    return await _own(p, names, uid, gid, recursive="R" in given)


async def _own(p: Process, names: list[str], uid: int | None, gid: int | None, *, recursive: bool) -> int:
    status = 0
    for name in names:
        try:
            for path in _below(p, name, recursive):
                node = p.fs.own(path)
                node.uid = node.uid if uid is None else uid
                node.gid = node.gid if gid is None else gid
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
    return status


async def basename(p: Process) -> int:
    _, names = await options(p, "", least=1)
    name = posixpath.basename(names[0].rstrip("/")) or "/"
    await put(p, name.removesuffix(names[1]) if len(names) > 1 and name != names[1] else name)
    return 0


async def dirname(p: Process) -> int:
    _, names = await options(p, "", least=1)
    await put(p, posixpath.dirname(names[0].rstrip("/")) or ("/" if names[0].startswith("/") else "."))
    return 0


async def readlink(p: Process) -> int:
    given, names = await options(p, "fn", least=1)
    try:
        if "f" in given:
            await put(p, p.fs.real(p.path(names[0])))
            return 0
        node = p.fs.node(p.path(names[0]), follow=False)
    except OSError:
        return 1
    if not isinstance(node, Symlink):
        return 1
    await put(p, node.target)
    return 0


async def realpath(p: Process) -> int:
    _, names = await options(p, "", least=1)
    for name in names:
        await put(p, p.fs.real(p.path(name)))
    return 0


_KINDS = {
    stat.S_IFREG: "regular file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symbolic link",
    stat.S_IFCHR: "character special file",
}


async def stat_(p: Process) -> int:
    given, names = await options(p, "tfL", "c", least=1)
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
            "U": _user(p, node.uid),
            "G": _user(p, node.gid),
            "F": kind,
            "n": name,
            "N": f"'{name}' -> '{node.target}'" if isinstance(node, Symlink) else f"'{name}'",
            "Y": str(int(node.mtime)),
            "h": "1",
        }
        if "c" in given:
            await put(p, re.sub("%([a-zA-Z])", lambda match, v=values: v.get(match[1], "?"), given["c"]))  # type: ignore[misc]
        else:
            await put(p, f"  File: {name}\n  Size: {node.size}\t{kind}")
            await put(p, f"Access: ({node.mode:04o}/{stat.filemode(node.kind | node.mode)})")
    return status


async def dd(p: Process) -> int:
    given = dict(argument.partition("=")[::2] for argument in p.argv[1:])
    block = size_of(given.get("bs", "512"))
    left = size_of(given["count"]) if "count" in given else -1
    reader: Reader = p.stdin
    if "if" in given:
        try:
            reader = FileReader(p.fs.node(p.path(given["if"])))
        except OSError as error:
            await p.complain(f"can't open '{given['if']}': {error.strerror}")
            return 1
    for _ in range(size_of(given.get("skip", "0"))):
        await reader.read(block)
    target = p.fs.open(p.path(given["of"])) if "of" in given else None
    if isinstance(target, File) and "seek" in given:
        p.fs.extend(target, bytes(block * size_of(given["seek"])))
    blocks = total = 0
    while left != 0 and (data := await reader.read(block)):
        while len(data) < block and (more := await reader.read(block - len(data))):
            data += more
        if isinstance(target, File):
            p.fs.extend(target, data)
        elif target is None:
            await p.stdout.write(data)
        blocks, total, left = blocks + 1, total + len(data), left - 1
        await asyncio.sleep(0)
    await p.stderr.write(f"{blocks}+0 records in\n{blocks}+0 records out\n{total} bytes copied\n".encode())
    return 0


async def du(p: Process) -> int:
    _, names = await options(p, "shka")
    for name in names or ["."]:
        if not p.fs.exists(p.path(name), follow=False):
            await p.complain(f"{name}: No such file or directory")
            return 1
        total = sum(node.size for _, node in p.fs.walk(posixpath.normpath(p.path(name))))
        await put(p, f"{(total + 1023) // 1024}\t{name}")
    return 0


async def mktemp(p: Process) -> int:
    given, names = await options(p, "dq", "p")
    if names and not names[0].endswith("XXXXXX"):
        await p.complain("(null): Invalid argument")
        return 1
    base = (
        posixpath.join(given.get("p", "/tmp"), f"tmp.{p.clock.time_ns() % 10**6:06d}")
        if not names
        else p.path(names[0].removesuffix("XXXXXX") + f"{p.clock.time_ns() % 10**6:06d}")
    )
    (p.fs.mkdir(base) if "d" in given else p.fs.write(base, b""))
    await put(p, base)
    return 0


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


async def cmp(p: Process) -> int:
    given, names = await options(p, "sl", least=2)
    contents = []
    for name in names[:2]:
        try:
            contents.append(p.fs.read(p.path(name)))
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            return 2
    a, b = contents
    if a == b:
        return 0
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if "s" not in given and at is None:
        await p.complain(f"EOF on {names[0] if len(a) < len(b) else names[1]}")
    elif "s" not in given:
        await put(p, f"{names[0]} {names[1]} differ: char {int(at or 0) + 1}, line {a[:at].count(10) + 1}")
    return 1


COMMANDS: Mapping[str, Program] = {
    "basename": basename,
    "chmod": chmod,
    "chgrp": chown,
    "chown": chown,
    "cmp": cmp,
    "cp": cp,
    "dd": dd,
    "dirname": dirname,
    "du": du,
    "find": find,
    "ln": ln,
    "ls": ls,
    "mkdir": mkdir,
    "mktemp": mktemp,
    "mv": mv,
    "readlink": readlink,
    "realpath": realpath,
    "rm": rm,
    "rmdir": rmdir,
    "stat": stat_,
    "tar": tar,
    "touch": touch,
}
