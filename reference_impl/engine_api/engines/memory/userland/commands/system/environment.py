"""`env`, `printenv` and `pwd`."""

from __future__ import annotations

from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.commands.streams import write_line
from engine_api.engines.memory.userland.commands.system.running import run_command
from engine_api.engines.memory.userland.process import Process

__all__ = ["env", "printenv", "pwd"]


@command("env")
async def env(p: Process) -> int:
    """Run a command in a changed environment; without a command, print the environment."""
    arguments = p.argv[1:]
    environment = dict(p.env)
    while arguments and (arguments[0] == "-i" or arguments[0] == "-u" or "=" in arguments[0]):
        argument = arguments.pop(0)
        if argument == "-i":
            environment = {}
        elif argument == "-u":
            if not arguments:
                await p.complain("option requires an argument -- 'u'")
                return 1
            environment.pop(arguments.pop(0), None)
        else:
            name, _, value = argument.partition("=")
            environment[name] = value
    if not arguments:
        await p.stdout.write("".join(f"{k}={v}\n" for k, v in environment.items()).encode("utf-8", "surrogateescape"))
        return 0
    return await run_command(p, arguments, environment)


@command("printenv")
async def printenv(p: Process) -> int:
    """Print a variable of the environment, or all of them; return 1 if it is not set."""
    if len(p.argv) > 1:
        if p.argv[1] not in p.env:
            return 1
        await write_line(p, p.env[p.argv[1]])
        return 0
    return await env(p)


@command("pwd")
async def pwd(p: Process) -> int:
    """Print the working directory."""
    await write_line(p, p.cwd)
    return 0
