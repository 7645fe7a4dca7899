"""Commands that would talk to others; there is nobody to talk to."""

from __future__ import annotations

from collections.abc import Mapping

from engine_api.engines.memory.userland.process import Process, Program

__all__ = ["COMMANDS"]


async def bad_address(p: Process) -> int:
    names = [argument for argument in p.argv[1:] if not argument.startswith("-")]
    host = names[-1] if names else ""
    host = host.partition("://")[2].partition("/")[0].partition(":")[0] or host
    await p.complain(f"bad address '{host}'")
    return 1


COMMANDS: Mapping[str, Program] = {"nc": bad_address, "nslookup": bad_address, "ping": bad_address, "wget": bad_address}
