"""Commands are found by being in a module of a family."""

import pytest

from engine_api.engines.memory.userland.commands import applets
from engine_api.engines.memory.userland.commands.registry import command
from engine_api.engines.memory.userland.process import Process


def test_every_command_is_in_a_family_and_says_what_it_does() -> None:
    for name, program in applets().items():
        family = program.__module__.split(".")[-2]
        assert family in ("files", "network", "scripting", "system", "text"), name
        assert program.__doc__, name


def test_a_name_belongs_to_one_command() -> None:
    async def other(p: Process) -> int:
        return 0

    with pytest.raises(ValueError, match="two commands have the name ls"):
        command("ls")(other)
