"""`engine-api diff`: what differs between two versions."""

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
  engine-api serve --record uses.jsonl            # let your client run against it, then
  engine-api diff 1.41 1.51 --uses uses.jsonl
  engine-api diff --all                           # how much breaks, of each version with each other
  engine-api diff --all --format json             # all of them, one document per line

On a terminal, the text is shown by $PAGER (default: less). With NO_COLOR set, it has no colours. The file of --uses is
a recording, a HAR file, or a list: a line is an operation (ContainerCreate, or POST /containers/create), and what is
used of it may follow (HostConfig.Memory ?name X-Registry-Auth). `-` reads standard input.
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "diff",
        help="show the differences between two versions",
        description="Show the differences between two versions, and which of them break a client of the first.",
        epilog=_EPILOG,
    )
    add = command.add_argument
    add("source", type=api_version, nargs="?", metavar="FROM", help="the version that the client was written for")
    add("target", type=api_version, nargs="?", metavar="TO", help="the version that it meets")
    add("--format", choices=["text", "markdown", "json"], default="text", help="default: text")
    add("--breaking", action="store_true", help="only what breaks a client")
    add(
        "--operation",
        action="append",
        metavar="PATTERN",
        help="only these operations: an id, a route or a resource, * for others; may be repeated",
    )
    add("--uses", type=Path, metavar="FILE", help="only what concerns a client with the uses in this file")
    add("--all", action="store_true", help="each version with each other")
    add("--schema", action="store_true", help="print the JSON Schema of --format json")
    add("--no-pager", action="store_true", help="print the text at once on a terminal, too")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from engine_api.diff.command import DiffError, main

    try:
        return main(options)
    except DiffError as error:
        raise Failure(str(error)) from None
