"""Commands that encode and digest: `md5sum` and its like, `base64`, `hexdump`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from engine_api.engines.memory.userland.commands.options import options
from engine_api.engines.memory.userland.commands.reading import all_of, lines_of
from engine_api.engines.memory.userland.commands.streams import failed, inputs, put
from engine_api.engines.memory.userland.process import Process, Program

__all__ = ["COMMANDS"]


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


COMMANDS: Mapping[str, Program] = {
    "base64": base64,
    "hexdump": hexdump,
    "md5sum": _digest(lambda d: hashlib.md5(d).hexdigest()),
    "sha1sum": _digest(lambda d: hashlib.sha1(d).hexdigest()),
    "sha256sum": _digest(lambda d: hashlib.sha256(d).hexdigest()),
    "sha512sum": _digest(lambda d: hashlib.sha512(d).hexdigest()),
}
