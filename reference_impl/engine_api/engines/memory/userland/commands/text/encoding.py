"""`base64` and `hexdump`."""

from __future__ import annotations

from base64 import b64decode, encodebytes

from engine_api.engines.memory.userland.commands.options import parse_options
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import Inputs, read_all, write_line
from engine_api.engines.memory.userland.process import Process

__all__ = ["base64", "hexdump"]


@command("base64")
async def base64(p: Process) -> int:
    """Encode to base64, or decode with `-d`."""
    given, names = await parse_options(p, "d", "w")
    inputs = Inputs(p, names[:1])
    async for _, reader in inputs:
        data = await read_all(reader)
        if "d" in given:
            await p.stdout.write(b64decode(data))
        else:
            await p.stdout.write(encodebytes(data))
    return inputs.status


@command("hexdump")
async def hexdump(p: Process) -> int:
    """Print bytes as hexadecimal numbers and as characters."""
    _, names = await parse_options(p, "C")
    inputs = Inputs(p, names)
    async for _, reader in inputs:
        data = await read_all(reader)
        for at in range(0, len(data), 16):
            row = data[at : at + 16]
            hexes = " ".join(f"{byte:02x}" for byte in row[:8]) + "  " + " ".join(f"{byte:02x}" for byte in row[8:])
            text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
            await write_line(p, f"{at:08x}  {hexes:<48}  |{text}|")
        await write_line(p, f"{len(data):08x}")
    return inputs.status
