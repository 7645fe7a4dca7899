"""Users by number."""

from __future__ import annotations

from engine_api.engines.memory.userland.process import Process

__all__ = ["name_of_user"]


def name_of_user(p: Process, number: int) -> str:
    try:
        for line in p.fs.read("/etc/passwd").decode().splitlines():
            fields = line.split(":")
            if len(fields) > 2 and fields[2] == str(number):
                return fields[0]
    except OSError:
        pass
    return str(number)
