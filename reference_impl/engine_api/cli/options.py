"""The parser of commands, versions of the API as arguments, and the error that ends a command."""

from __future__ import annotations

import argparse
from typing import NoReturn, TypeAlias

from engine_api.api.versions import NEWEST, OLDEST, VERSIONS, Version

__all__ = ["Commands", "Failure", "Parser", "add_command", "add_help", "api_version"]


class Failure(Exception):
    """The command failed; the message is one line."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit with 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001 (it has no public name)
"""The commands of a parser."""


def add_command(commands: Commands, name: str, *, help: str, description: str, epilog: str) -> Parser:
    """Add a command and return its parser; the epilog is printed unchanged."""
    command = commands.add_parser(
        name,
        help=help,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    add_help(command)
    return command


def add_help(parser: argparse.ArgumentParser) -> None:
    """Add the option `--help` in the words of the other options."""
    parser.add_argument("-h", "--help", action="help", help="Show this help and exit.")


def api_version(text: str) -> Version:
    """Return the version of a string, with or without `v`.

    Raises:
        argparse.ArgumentTypeError: the string is not a version, or the version is not described.
    """
    try:
        found = Version.parse(text.removeprefix("v"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no API version; write it as 1.44") from None
    if found not in VERSIONS:
        raise argparse.ArgumentTypeError(f"v{found} is not described here; v{OLDEST} to v{NEWEST} are")
    return found
