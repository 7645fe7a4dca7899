"""Commands that write, read and change text."""

from __future__ import annotations

import asyncio
import hashlib
import posixpath
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping

from engine_api.engines.memory.userland.commands.expressions import basic, classes
from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.printing import echo, printf
from engine_api.engines.memory.userland.commands.reading import all_of, lines_of
from engine_api.engines.memory.userland.commands.sed import sed
from engine_api.engines.memory.userland.filesystem import File
from engine_api.engines.memory.userland.pipes import FileReader, Reader
from engine_api.engines.memory.userland.process import CommandNotFound, Exit, Process, Program
from engine_api.engines.memory.userland.shell.parser import unescape

__all__ = ["COMMANDS", "put", "size_of"]


async def inputs(
    p: Process, names: Iterable[str], *, quiet: bool = False, words: str = "can't open '{}': {}"
) -> AsyncIterator[tuple[str, Reader]]:
    """Each named file, or standard input; says so when one cannot be opened."""
    for name in list(names) or ["-"]:
        if name == "-" or p.path(name) in ("/dev/stdin", "/dev/fd/0"):
            yield name, p.stdin
            continue
        try:
            node = p.fs.node(p.path(name))
            if node.kind == 0o040000:
                await p.complain("read error: Is a directory")
                p.env["?"] = "1"
                continue
        except OSError as error:
            if not quiet:
                await p.complain(words.format(name, error.strerror))
            p.env["?"] = "1"
            continue
        yield name, FileReader(node)


def failed(p: Process) -> int:
    """1 if an input could not be opened."""
    return int(p.env.pop("?", "0"))


async def put(p: Process, line: str) -> None:
    """Write a line."""
    await p.stdout.write((line + "\n").encode("utf-8", "surrogateescape"))


async def cat(p: Process) -> int:
    given, names = await options(p, "nuvetbA")
    number = 0
    async for _, reader in inputs(p, names):
        if {"n", "b", "e", "t", "A"} & set(given):
            async for line in lines_of(reader):
                shown = line.replace("\t", "^I") if {"t", "A"} & set(given) else line
                shown += "$" if {"e", "A"} & set(given) else ""
                if "n" in given or ("b" in given and line):
                    number += 1
                    shown = f"{number:6d}\t{shown}"
                await put(p, shown)
            continue
        while data := await reader.read():
            await p.stdout.write(data)
    return failed(p)


async def _numbered(items: AsyncIterator[tuple[str, Reader]]) -> AsyncIterator[tuple[int, tuple[str, Reader]]]:
    index = 0
    async for item in items:
        yield index, item
        index += 1


async def head(p: Process) -> int:
    given, names = await options(p, "qv", "nc")
    if "c" in given:
        async for _, reader in inputs(p, names, words="{}: {}"):
            left = size_of(given["c"])
            while left > 0 and (data := await reader.read(min(left, 65536))):
                await p.stdout.write(data)
                left -= len(data)
        return failed(p)
    count = await _count(p, given.get("n", "10"))
    async for index, (name, reader) in _numbered(inputs(p, names, words="{}: {}")):
        if (len(names) > 1 or "v" in given) and "q" not in given:
            await put(p, ("\n" if index else "") + f"==> {name} <==")
        if count < 0:
            lines = (await all_of(reader)).splitlines(keepends=True)
            await p.stdout.write(b"".join(lines[:count]))
            continue
        for _ in range(count):
            line = await reader.read_line()
            if not line:
                break
            await p.stdout.write(line)
    return failed(p)


async def _count(p: Process, text: str) -> int:
    """A number of lines or bytes, perhaps with a sign."""
    if not re.fullmatch(r"[-+]?\d+", text):
        await p.complain(f"invalid number '{text}'")
        raise Exit(1)
    return int(text)


def size_of(text: str) -> int:
    """A number of bytes, perhaps with a unit."""
    units = {"k": 1024, "K": 1024, "m": 1 << 20, "M": 1 << 20, "G": 1 << 30, "b": 512, "kB": 1000}
    match = re.fullmatch(r"(\d+)(k|K|m|M|G|b|kB)?", text)
    if match is None:
        raise OSError(22, f"invalid number '{text}'")
    return int(match[1]) * units.get(match[2], 1)


async def tail(p: Process) -> int:
    given, names = await options(p, "fFqv", "nc")
    text = given.get("c", given.get("n", "10"))
    number = await _count(p, text)
    at = max(number - 1, 0) if text.startswith("+") else -abs(number) if number else None
    opened = 0
    async for index, (name, reader) in _numbered(inputs(p, names)):
        if (len(names) > 1 or "v" in given) and "q" not in given:
            await put(p, ("\n" if index else "") + f"==> {name} <==")
        data = b"" if "f" in given and name == "/dev/null" else await all_of(reader)
        opened += 1
        if at is not None:
            lines = [data[at:]] if "c" in given else data.splitlines(keepends=True)[at:]
            await p.stdout.write(b"".join(lines))
        if "f" in given or "F" in given:
            await _follow(p, reader)
    if not opened:
        await p.complain("no files")
    return failed(p)


async def _follow(p: Process, reader: Reader) -> None:
    while True:
        data = await reader.read()
        if data:
            await p.stdout.write(data)
        else:
            await p.sleep(1)


async def wc(p: Process) -> int:
    given, names = await options(p, "lwcmL")
    shown = [letter for letter in "lwmcL" if letter in given] or ["l", "w", "c"]
    totals = dict.fromkeys(shown, 0)
    async for name, reader in inputs(p, names):
        data = await all_of(reader)
        text = data.decode("utf-8", "replace")
        longest = max((len(line) for line in text.splitlines()), default=0)
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data), "m": len(text), "L": longest}
        for letter in shown:
            totals[letter] = max(totals[letter], longest) if letter == "L" else totals[letter] + counts[letter]
        alone = len(shown) == 1 and len(names) < 2
        await put(p, _counts([counts[x] for x in shown], name if names else "", alone=alone))
    if len(names) > 1:
        await put(p, _counts([totals[x] for x in shown], "total", alone=False))
    return failed(p)


def _counts(numbers: list[int], name: str, *, alone: bool) -> str:
    text = str(numbers[0]) if alone else " ".join(f"{number:9d}" for number in numbers)
    return f"{text} {name}" if name else text


async def grep(p: Process) -> int:
    given, rest = await options(p, "qivncEFrRolLhHswxaz", "eABCmf")
    if not {"e", "f"} & set(given) and not rest:
        await p.complain("no pattern")
        return 2
    if "f" in given:
        given["e"] = "|".join(p.fs.read(p.path(given["f"])).decode("utf-8", "surrogateescape").splitlines())
        given["E"] = ""
    text = given["e"] if "e" in given else rest.pop(0)
    before, after = (int(given.get(letter, given.get("C", "0"))) for letter in "BA")
    if p.argv[0].endswith("fgrep") or "F" in given:
        text = "|".join(re.escape(line) for line in text.split("\n"))
    elif not (p.argv[0].endswith("egrep") or "E" in given):
        text = "|".join(basic(line) for line in text.split("\n"))
    else:
        text = text.replace("\n", "|")
    if "w" in given:
        text = rf"\b(?:{text})\b"
    if "x" in given:
        text = f"^(?:{text})$"
    try:
        matcher = re.compile(classes(text), re.IGNORECASE if "i" in given else 0)
    except re.error:
        await p.complain(f"bad regex '{text}'")
        return 2
    names = rest
    many = len(names) > 1 or bool({"r", "R"} & set(given))
    if "r" in given or "R" in given:
        names = [
            r.rstrip("/") + n[len(posixpath.normpath(p.path(r))) :]
            for r in (rest or ["."])
            for n, node in p.fs.walk(posixpath.normpath(p.path(r)))
            if node.kind == 0o100000
        ]
    found = False
    async for name, reader in inputs(p, names, quiet="s" in given, words="{}: {}"):
        prefix = f"{name}:" if (many and "h" not in given) or "H" in given else ""
        count = number = left = 0
        held: list[str] = []
        async for line in lines_of(reader):
            number += 1
            match = matcher.search(line)
            if (match is None) != ("v" in given):
                if left and not {"c", "l", "L", "q"} & set(given):
                    await put(p, prefix + line)
                    left -= 1
                elif before:
                    held = [*held[-before + 1 :], line] if before > 1 else [line]
                continue
            found = True
            left = after
            if not {"c", "l", "L", "q", "o"} & set(given):
                for one in held:
                    await put(p, prefix + one)
            held = []
            count += 1
            if "q" in given:
                return 0
            if {"c", "l", "L"} & set(given):
                continue
            shown = f"{prefix}{number}:" if "n" in given else prefix
            if "o" in given and match is not None:
                for piece in matcher.finditer(line):
                    if piece[0]:
                        await put(p, shown + piece[0])
            else:
                await put(p, shown + line)
            if "m" in given and count >= int(given["m"]):
                break
        if ("l" in given and count) or ("L" in given and not count):
            await put(p, name)
        if "c" in given:
            await put(p, f"{prefix}{count}")
    return 0 if found else 2 if failed(p) else 1


async def cut(p: Process) -> int:
    given, names = await options(p, "s", "dfcb")
    if not {"f", "c", "b"} & set(given):
        await p.complain("expected a list of bytes, characters, or fields")
        return 1
    ranges = [
        tuple(part.partition("-")) for part in (given.get("f") or given.get("c") or given.get("b") or "1").split(",")
    ]

    def chosen(items: list[str]) -> list[str]:
        wanted: set[int] = set()
        for low, dash, high in ranges:
            start = int(low or "1")
            wanted.update(range(start, ((int(high) if high else len(items)) if dash else start) + 1))
        return [item for number, item in enumerate(items, 1) if number in wanted]

    separator = given.get("d", "\t")
    async for _, reader in inputs(p, names):
        async for line in lines_of(reader):
            if "f" in given:
                if separator in line or "s" not in given:
                    await put(p, separator.join(chosen(line.split(separator))) if separator in line else line)
            else:
                await put(p, "".join(chosen(list(line))))
    return failed(p)


async def tr(p: Process) -> int:
    given, sets = await options(p, "dsc", least=1)
    source = _set(sets[0]) if sets else ""
    target = _set(sets[1]) if len(sets) > 1 else ""
    data = (await all_of(p.stdin)).decode("latin-1")
    if "c" in given:
        source = "".join(chr(n) for n in range(256) if chr(n) not in source)
    if "d" in given:
        data = data.translate({ord(c): None for c in source})
    elif target:
        target += target[-1] * (len(source) - len(target))
        data = data.translate(dict(zip(map(ord, source), target, strict=False)))
    if "s" in given:
        squeezed = re.escape(target or source)
        data = re.sub(f"([{squeezed}])\\1+", r"\1", data)
    await p.stdout.write(data.encode("latin-1"))
    return 0


def _set(text: str) -> str:
    names = {
        "[:upper:]": "A-Z",
        "[:lower:]": "a-z",
        "[:digit:]": "0-9",
        "[:space:]": " \t\n\r\v\f",
        "[:alpha:]": "A-Za-z",
    }
    for name, value in names.items():
        text = text.replace(name, value)
    return re.sub(
        r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), unescape(text), flags=re.DOTALL
    )


async def sort(p: Process) -> int:
    given, names = await options(p, "nrufbc", "kto")
    lines: list[str] = []
    async for _, reader in inputs(p, names, words="{}: {}"):
        lines += [line async for line in lines_of(reader)]

    def key(line: str) -> tuple[float, str] | str:
        text = line
        if "k" in given:
            parts = line.split(given.get("t"))
            at = int(given["k"].split(",")[0].rstrip("nr"))
            text = parts[at - 1] if at <= len(parts) else ""
        if "n" in given or given.get("k", "").endswith("n"):
            match = re.match(r"\s*-?\d+(?:\.\d+)?", text)
            return (float(match[0]) if match else 0.0, line)
        return text.lower() if "f" in given else text

    if failed(p):
        return 2
    ordered = sorted(lines, key=key, reverse="r" in given)
    if "c" in given:
        return int(ordered != lines)
    if "u" in given:
        ordered = list(dict.fromkeys(ordered))
    data = "".join(line + "\n" for line in ordered).encode("utf-8", "surrogateescape")
    if "o" in given:
        p.fs.write(p.path(given["o"]), data)
    else:
        await p.stdout.write(data)
    return 0


async def uniq(p: Process) -> int:
    given, names = await options(p, "cdui", "f")
    skipped = int(given.get("f", "0"))

    def key(line: str) -> str:
        text = " ".join(line.split()[skipped:]) if skipped else line
        return text.lower() if "i" in given else text

    groups: list[tuple[str, int]] = []
    async for _, reader in inputs(p, names[:1]):
        async for line in lines_of(reader):
            if groups and key(groups[-1][0]) == key(line):
                groups[-1] = (groups[-1][0], groups[-1][1] + 1)
            else:
                groups.append((line, 1))
    for line, count in groups:
        if ("d" in given and count < 2) or ("u" in given and count > 1):
            continue
        await put(p, f"{count:7d} {line}" if "c" in given else line)
    return failed(p)


async def tee(p: Process) -> int:
    given, names = await options(p, "ai")
    files = [p.fs.open(p.path(name), append="a" in given) for name in names]
    while data := await p.stdin.read():
        await p.stdout.write(data)
        for file in files:
            if isinstance(file, File):
                p.fs.extend(file, data)
    return 0


async def seq(p: Process) -> int:
    given, rest = {}, p.argv[1:]
    while rest and re.match("-[ws]", rest[0]):
        option = rest.pop(0)
        given[option[1]] = option[2:] or (rest.pop(0) if option == "-s" and rest else "")
    wrong = [text for text in rest if not re.fullmatch(r"[-+]?\d+(\.\d+)?", text)]
    if not rest or wrong:
        await p.complain(f"invalid number '{next(iter(wrong), '')}'")
        return 1
    digits = max(len(text.partition(".")[2]) for text in rest)
    scale = 10**digits
    numbers = [round(float(text) * scale) for text in rest]
    first, step = numbers[0] if len(numbers) > 1 else scale, numbers[1] if len(numbers) > 2 else scale
    last = numbers[-1]
    out: list[str] = []
    width = max(len(str(first)), len(str(last))) if "w" in given else 0
    separator = given.get("s", "\n")
    for count, number in enumerate(range(first, last + (1 if step > 0 else -1), step)):
        out.append(f"{number / scale:0{width}.{digits}f}" if digits else f"{number:0{width}d}")
        if count % 5000 == 4999:
            await p.stdout.write((separator.join(out) + separator).encode())
            out.clear()
            await asyncio.sleep(0)
    if out:
        await p.stdout.write((separator.join(out) + "\n").encode())
    return 0


async def yes(p: Process) -> int:
    line = (" ".join(p.argv[1:]) or "y").encode() + b"\n"
    block = line * max(1, 65536 // len(line))
    while True:
        await p.stdout.write(block)
        await asyncio.sleep(0)


async def rev(p: Process) -> int:
    async for _, reader in inputs(p, p.argv[1:]):
        async for line in lines_of(reader):
            await put(p, line[::-1])
    return failed(p)


def _digest(make: Callable[[bytes], str]) -> Program:
    async def program(p: Process) -> int:
        given, names = await options(p, "c")
        if "c" in given:
            return await _check_digests(p, make, names)
        async for name, reader in inputs(p, names):
            await put(p, f"{make(await all_of(reader))}  {name}")
        return failed(p)

    return program


async def _check_digests(p: Process, make: Callable[[bytes], str], names: list[str]) -> int:
    wrong = total = 0
    async for _, reader in inputs(p, names):
        async for line in lines_of(reader):
            expected, _, name = line.partition("  ")
            total += 1
            same = p.fs.exists(p.path(name)) and make(p.fs.read(p.path(name))) == expected
            wrong += not same
            await put(p, f"{name}: {'OK' if same else 'FAILED'}")
    if wrong:
        await p.complain(f"WARNING: {wrong} of {total} computed checksums did NOT match")
    return int(bool(wrong)) or failed(p)


async def base64(p: Process) -> int:
    import base64 as codec

    given, names = await options(p, "d", "w")
    async for _, reader in inputs(p, names[:1]):
        data = await all_of(reader)
        if "d" in given:
            await p.stdout.write(codec.b64decode(data))
        else:
            await p.stdout.write(codec.encodebytes(data))
    return failed(p)


async def hexdump(p: Process) -> int:
    _, names = await options(p, "C")
    async for _, reader in inputs(p, names):
        data = await all_of(reader)
        for at in range(0, len(data), 16):
            row = data[at : at + 16]
            hexes = " ".join(f"{byte:02x}" for byte in row[:8]) + "  " + " ".join(f"{byte:02x}" for byte in row[8:])
            text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
            await put(p, f"{at:08x}  {hexes:<48}  |{text}|")
        await put(p, f"{len(data):08x}")
    return failed(p)


class _Expression:
    """What `expr` computes, one word at a time."""

    _LEVELS = (("|",), ("&",), ("=", "==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"), (":",))

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def value(self, level: int = 0) -> str:
        """The value of what comes."""
        if level == len(self._LEVELS):
            return self._one()
        left = self.value(level + 1)
        while self.words and self.words[0] in self._LEVELS[level]:
            left = self._apply(self.words.pop(0), left, self.value(level + 1))
        return left

    def _one(self) -> str:
        if not self.words:
            raise ValueError("syntax error")
        word = self.words.pop(0)
        if word == "(":
            value = self.value()
            if self.words[:1] != [")"]:
                raise ValueError("syntax error")
            self.words.pop(0)
            return value
        if word == "length":
            return str(len(self._one()))
        if word == "index":
            text, letters = self._one(), self._one()
            return str(next((at for at, letter in enumerate(text, 1) if letter in letters), 0))
        if word == "substr":
            text, start, size = self._one(), int(self._one()), int(self._one())
            return text[start - 1 : start - 1 + size]
        return word

    def _apply(self, operator: str, left: str, right: str) -> str:
        if operator == "|":
            return left if left not in ("", "0") else right
        if operator == "&":
            return left if left not in ("", "0") and right not in ("", "0") else "0"
        if operator == ":":
            match = re.match(classes(basic(right)), left)
            if match is None:
                return "" if "\\(" in right else "0"
            return match[1] if match.re.groups else str(match.end())
        a: int | str
        b: int | str
        if re.fullmatch(r"-?\d+", left) and re.fullmatch(r"-?\d+", right):
            a, b = int(left), int(right)
            if operator in ("/", "%"):
                if b == 0:
                    raise ValueError("division by zero")
                quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
                return str(quotient if operator == "/" else a - b * quotient)
            if operator in ("+", "-", "*"):
                return str({"+": a + b, "-": a - b, "*": a * b}[operator])
            ordered = (a > b) - (a < b)
        elif operator in ("+", "-", "*", "/", "%"):
            raise ValueError("non-numeric argument")
        else:
            ordered = (left > right) - (left < right)
        true = {"<": ordered < 0, "<=": ordered <= 0, ">": ordered > 0, ">=": ordered >= 0, "!=": ordered != 0}
        return str(int(true.get(operator, ordered == 0)))


async def expr(p: Process) -> int:
    expression = _Expression(p.argv[1:])
    try:
        if not expression.words:
            raise ValueError("too few arguments")
        value = expression.value()
        if expression.words:
            raise ValueError("syntax error")
    except ValueError as problem:
        await p.complain(str(problem))
        return 2
    await put(p, value)
    return 0 if value not in ("", "0") else 1


async def xargs(p: Process) -> int:
    given: dict[str, str] = {}
    command = p.argv[1:]
    while command and re.fullmatch("-[rt0nI].*", command[0]):
        option = command.pop(0)
        given[option[1]] = option[2:] or (command.pop(0) if option in ("-n", "-I") and command else "")
    text = (await all_of(p.stdin)).decode("utf-8", "surrogateescape")
    words = text.rstrip("\0").split("\0") if "0" in given else text.splitlines() if "I" in given else text.split()
    command = command or ["echo"]
    if "I" in given:
        calls = [[part.replace(given["I"], word) for part in command] for word in words]
    else:
        size = int(given.get("n", str(len(words) or 1)))
        calls = [[*command, *words[at : at + size]] for at in range(0, max(len(words), 0 if "r" in given else 1), size)]
    status = 0
    for call in calls:
        try:
            child = p.spawn(call)
        except CommandNotFound:
            await p.complain(f"{call[0]}: No such file or directory")
            return 127
        status = 123 if await child.wait() else status
    return status


COMMANDS: Mapping[str, Program] = {
    "base64": base64,
    "cat": cat,
    "cut": cut,
    "echo": echo,
    "egrep": grep,
    "expr": expr,
    "fgrep": grep,
    "grep": grep,
    "head": head,
    "hexdump": hexdump,
    "less": cat,
    "md5sum": _digest(lambda d: hashlib.md5(d).hexdigest()),
    "more": cat,
    "printf": printf,
    "rev": rev,
    "sed": sed,
    "seq": seq,
    "sha1sum": _digest(lambda d: hashlib.sha1(d).hexdigest()),
    "sha256sum": _digest(lambda d: hashlib.sha256(d).hexdigest()),
    "sha512sum": _digest(lambda d: hashlib.sha512(d).hexdigest()),
    "sort": sort,
    "tail": tail,
    "tee": tee,
    "tr": tr,
    "uniq": uniq,
    "wc": wc,
    "xargs": xargs,
    "yes": yes,
}
