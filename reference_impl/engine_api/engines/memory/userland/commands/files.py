"""Commands that show and change files."""

from __future__ import annotations

import asyncio
import io
import posixpath
import stat
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime

from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.text import all_of, put
from engine_api.engines.memory.userland.filesystem import Device, Directory, File, Node, Symlink
from engine_api.engines.memory.userland.pipes import FileReader
from engine_api.engines.memory.userland.process import Process, Program
from engine_api.engines.memory.userland.shell.patterns import compile_pattern

__all__ = ["COMMANDS"]


async def ls(p: Process) -> int:
    given, names = await options(p, "la1AhRdtrFis")
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
    await _show(p, singles, given)
    for index, name in enumerate(directories):
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


async def _show(p: Process, entries: list[tuple[str, Node]], given: dict[str, str]) -> None:
    for name, node in entries:
        if "l" not in given:
            await put(p, name)
            continue
        when = datetime.fromtimestamp(node.mtime, UTC).strftime("%b %e %H:%M")
        target = f" -> {node.target}" if isinstance(node, Symlink) else ""
        owner = f"{_user(p, node.uid):<8} {_user(p, node.gid):<8}"
        await put(p, f"{stat.filemode(node.kind | node.mode)}    1 {owner} {node.size:9d} {when} {name}{target}")


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
    given, names = await options(p, "p", "m")
    status = 0
    for name in names:
        try:
            p.fs.mkdir(p.path(name), int(given.get("m", "755"), 8), parents="p" in given)
        except OSError as error:
            await p.complain(f"can't create directory '{name}': {error.strerror}")
            status = 1
    return status


async def rmdir(p: Process) -> int:
    _, names = await options(p, "p")
    status = 0
    for name in names:
        try:
            if not p.fs.is_directory(p.path(name)):
                raise NotADirectoryError(
                    20, "Not a directory" if p.fs.exists(p.path(name)) else "No such file or directory"
                )
            p.fs.remove(p.path(name))
        except OSError as error:
            await p.complain(f"'{name}': {error.strerror}")
            status = 1
    return status


async def rm(p: Process) -> int:
    given, names = await options(p, "rRfi")
    status = 0
    for name in names:
        try:
            path = p.path(name)
            if isinstance(p.fs.node(path, follow=False), Directory) and not {"r", "R"} & set(given):
                await p.complain(f"'{name}' is a directory")
                status = 1
                continue
            p.fs.remove_tree(path)
        except OSError as error:
            if "f" not in given:
                await p.complain(f"can't remove '{name}': {error.strerror}")
                status = 1
    return status


async def cp(p: Process) -> int:
    given, names = await options(p, "rRafpdL")
    return await _transfer(p, names, {"r", "R", "a"} & set(given) != set(), move=False)


async def mv(p: Process) -> int:
    _, names = await options(p, "fin")
    return await _transfer(p, names, True, move=True)


async def _transfer(p: Process, names: list[str], recursive: bool, *, move: bool) -> int:
    if len(names) < 2:
        await p.complain("missing file operand")
        return 1
    *sources, target = names
    status = 0
    for source in sources:
        goal = p.path(target)
        if p.fs.is_directory(goal):
            goal = posixpath.join(goal, posixpath.basename(source.rstrip("/")))
        try:
            node = p.fs.node(p.path(source), follow=not move)
            if move:
                p.fs.rename(p.path(source), goal)
            elif isinstance(node, Directory) and not recursive:
                await p.complain(f"omitting directory '{source}'")
                status = 1
            else:
                _copy(p, p.path(source), goal, p.clock.time_ns() / 1e9)
        except OSError as error:
            verb = "rename" if move else "stat"
            await p.complain(f"can't {verb} '{source}': {error.strerror}")
            status = 1
    return status


def _copy(p: Process, source: str, target: str, now: float) -> None:
    node = p.fs.node(source)
    made = node.copy()
    made.mtime = now
    if isinstance(made, Directory):
        names = list(made.entries)
        made.entries = {}
        if not p.fs.is_directory(target):
            p.fs.put(target, made)
        for name in names:
            _copy(p, f"{source}/{name}", f"{target}/{name}", now)
        return
    if isinstance(made, File):
        made.data = bytes(made.data)
    p.fs.put(target, made)


async def ln(p: Process) -> int:
    given, names = await options(p, "sfn")
    source, target = names[0], names[-1]
    path = p.path(target)
    if p.fs.is_directory(path) and "n" not in given:
        path = posixpath.join(path, posixpath.basename(source))
    try:
        if "f" in given and p.fs.exists(path, follow=False):
            p.fs.remove(path)
        elif p.fs.exists(path, follow=False):
            raise FileExistsError(17, "File exists")
        p.fs.put(path, Symlink(source) if "s" in given else p.fs.node(p.path(source)).copy())
    except OSError as error:
        await p.complain(f"{target}: {error.strerror}")
        return 1
    return 0


async def touch(p: Process) -> int:
    _, names = await options(p, "acm", "dtr")
    status = 0
    for name in names:
        try:
            path = p.path(name)
            if not p.fs.exists(path):
                p.fs.write(path, b"")
            p.fs.own(path).mtime = p.clock.time_ns() / 1e9
        except OSError as error:
            await p.complain(f"{name}: {error.strerror}")
            status = 1
    return status


async def chmod(p: Process) -> int:
    _, names = await options(p, "R") if p.argv[1:2] == ["-R"] else ({}, p.argv[1:])
    mode, *rest = names
    for name in rest:
        node = p.fs.own(p.path(name))
        node.mode = int(mode, 8) if mode.isdigit() else _symbolic(mode, node.mode)
    return 0


def _symbolic(text: str, mode: int) -> int:
    for part in text.split(","):
        for operator in "+-=":
            if operator in part:
                classes, _, rights = part.partition(operator)
                bits = sum({"r": 4, "w": 2, "x": 1}.get(letter, 0) for letter in rights)
                shifts = [{"u": 6, "g": 3, "o": 0}[c] for c in (classes.replace("a", "ugo") or "ugo")]
                for shift in shifts:
                    if operator == "+":
                        mode |= bits << shift
                    elif operator == "-":
                        mode &= ~(bits << shift)
                    else:
                        mode = (mode & ~(7 << shift)) | bits << shift
                break
    return mode


async def chown(p: Process) -> int:
    _, names = await options(p, "Rh")
    user, _, group = names[0].partition(":")
    for name in names[1:]:
        node = p.fs.own(p.path(name))
        if user.isdigit():
            node.uid = int(user)
        if group.isdigit():
            node.gid = int(group)
    return 0


async def basename(p: Process) -> int:
    name = posixpath.basename(p.argv[1].rstrip("/")) or "/"
    await put(p, name.removesuffix(p.argv[2]) if len(p.argv) > 2 and name != p.argv[2] else name)
    return 0


async def dirname(p: Process) -> int:
    await put(p, posixpath.dirname(p.argv[1].rstrip("/")) or ("/" if p.argv[1].startswith("/") else "."))
    return 0


async def readlink(p: Process) -> int:
    given, names = await options(p, "fn")
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
    await put(p, p.fs.real(p.path(p.argv[1])))
    return 0


async def stat_(p: Process) -> int:
    given, names = await options(p, "tfL", "c")
    for name in names:
        node = p.fs.node(p.path(name), follow=False)
        if "c" in given:
            values = {
                "%s": str(node.size),
                "%a": f"{node.mode:o}",
                "%u": str(node.uid),
                "%g": str(node.gid),
                "%n": name,
                "%Y": str(int(node.mtime)),
            }
            text = given["c"]
            for key, value in values.items():
                text = text.replace(key, value)
            await put(p, text)
        else:
            await put(p, f"  File: {name}\n  Size: {node.size}")
            await put(p, f"Access: ({node.mode:04o}/{stat.filemode(node.kind | node.mode)})")
    return 0


async def find(p: Process) -> int:
    arguments = p.argv[1:]
    starts = []
    while arguments and not arguments[0].startswith("-"):
        starts.append(arguments.pop(0))
    kind = name = None
    depth = 100
    while arguments:
        option = arguments.pop(0)
        if option == "-type" and arguments:
            kind = arguments.pop(0)
        elif option == "-name" and arguments:
            name = compile_pattern(arguments.pop(0))
        elif option == "-maxdepth" and arguments:
            depth = int(arguments.pop(0))
        elif option != "-print":
            await p.complain(f"unrecognized: {option}")
            return 1
    kinds = {"f": File, "d": Directory, "l": Symlink, "c": Device}
    for start in starts or ["."]:
        root = p.path(start)
        for path, node in p.fs.walk(posixpath.normpath(root)):
            below = path[len(posixpath.normpath(root)) :].lstrip("/") if path != root else ""
            if below.count("/") + bool(below) > depth:
                continue
            if (kind is None or isinstance(node, kinds[kind])) and (
                name is None or name.fullmatch(posixpath.basename(path))
            ):
                await put(p, f"{start.rstrip('/')}/{below}" if below else start)
    return 0


async def dd(p: Process) -> int:
    given = dict(argument.partition("=")[::2] for argument in p.argv[1:])
    from engine_api.engines.memory.userland.commands.text import _size

    size = _size(given.get("bs", "512"))
    left = _size(given["count"]) if "count" in given else -1
    reader = FileReader(p.fs.node(p.path(given["if"]))) if "if" in given else p.stdin
    target = p.fs.open(p.path(given["of"])) if "of" in given else None
    blocks = total = 0
    while left != 0 and (data := await reader.read(size)):
        while len(data) < size and (more := await reader.read(size - len(data))):
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
        total = sum(node.size for _, node in p.fs.walk(posixpath.normpath(p.path(name))))
        await put(p, f"{(total + 1023) // 1024}\t{name}")
    return 0


async def mktemp(p: Process) -> int:
    given, names = await options(p, "dq", "p")
    base = (
        posixpath.join(given.get("p", "/tmp"), f"tmp.{p.clock.time_ns() % 10**6:06d}")
        if not names
        else p.path(names[0])
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
        await p.complain("invalid tar magic")
        return 1
    return 0


async def cmp(p: Process) -> int:
    a, b = (p.fs.read(p.path(name)) for name in p.argv[1:3])
    if a == b:
        return 0
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    await put(p, f"{p.argv[1]} {p.argv[2]} differ: byte {at + 1}, line {a[:at].count(10) + 1}")
    return 1


COMMANDS: Mapping[str, Program] = {
    "basename": basename,
    "chmod": chmod,
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
