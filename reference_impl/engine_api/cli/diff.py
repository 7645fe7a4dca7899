"""`engine-api diff`: the differences between two versions."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine_api.cli.options import Commands, Failure, add_command, api_version

__all__ = ["add"]

_EPILOG = """\
examples:
  engine-api diff 1.41 1.51
  engine-api diff 1.51 1.41 --breaking --operation 'Container*'
  engine-api diff 1.41 1.51 --operation 'POST /containers/create' --format markdown
  engine-api serve --record uses.jsonl            # run your client against it, then
  engine-api diff 1.41 1.51 --uses uses.jsonl
  engine-api diff --all                           # number of breaking differences between all versions
  engine-api diff --all --format json             # all differences, one document per line

On a terminal, $PAGER (default: less) shows the text. Set NO_COLOR for text without colours. The file of --uses is a
recording, a HAR file, or a list. A line of a list has an operation (ContainerCreate, or POST /containers/create), and
may have used fields, parameters and headers (HostConfig.Memory ?name X-Registry-Auth). `-` reads standard input.
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "diff",
        help="Show the differences between two versions.",
        description="Show the differences between two versions, and which of them break a client of the first.",
        epilog=_EPILOG,
    )
    add = command.add_argument
    add("source", type=api_version, nargs="?", metavar="FROM", help="Version that the client was written for.")
    add("target", type=api_version, nargs="?", metavar="TO", help="Version that the engine serves.")
    add("--format", choices=["text", "markdown", "json"], default="text", help="Output format. Default: text.")
    add("--breaking", action="store_true", help="Show only differences that break a client.")
    add(
        "--operation",
        action="append",
        metavar="PATTERN",
        help="Show only these operations: an ID, a route or a resource, with * as wildcard. Repeatable.",
    )
    add(
        "--uses",
        type=Path,
        metavar="FILE",
        help="Show only differences that concern a client with the uses in this file.",
    )
    add("--all", action="store_true", help="Compare each version with each other version.")
    add("--schema", action="store_true", help="Print the JSON Schema of --format json.")
    add("--no-pager", action="store_true", help="Print without a pager on a terminal.")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from engine_api.diff.command import DiffError, main

    try:
        return main(options)
    except DiffError as error:
        raise Failure(str(error)) from None
