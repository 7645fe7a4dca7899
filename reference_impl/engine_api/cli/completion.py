"""`engine-api completion`: the completion script of a shell."""

from __future__ import annotations

import argparse

from engine_api.cli.options import Commands, add_command

__all__ = ["add"]


def add(commands: Commands, top: argparse.ArgumentParser) -> None:
    """Add the command.

    Args:
        commands: the commands of the parser.
        top: the parser of the whole command line.
    """
    command = add_command(
        commands,
        "completion",
        help="Print the completion script of a shell.",
        description="Print a script that lets a shell complete the command line of engine-api.",
        epilog='example:\n  eval "$(engine-api completion bash)"\n',
    )
    command.add_argument("shell", choices=["bash", "zsh", "tcsh"], help="The shell.")
    command.set_defaults(run=lambda options: _run(options, top))


def _run(options: argparse.Namespace, top: argparse.ArgumentParser) -> int:
    import shtab

    print(shtab.complete(top, shell=options.shell))
    return 0
