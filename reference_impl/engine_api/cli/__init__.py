"""The command line: `engine-api serve`, `check`, `openapi`, `diff` and `completion`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from engine_api.cli import check, completion, diff, openapi, serve
from engine_api.cli.options import Failure, Parser, add_help

__all__ = ["commands", "main", "parser"]

_EXAMPLES = """\
examples:
  engine-api serve
  engine-api serve --host unix:///tmp/docker.sock --host tcp://127.0.0.1:2375
  engine-api check unix:///var/run/docker.sock
  engine-api check unix:///var/run/docker.sock --api-version 1.44 --only 'containers#*'
  engine-api diff 1.41 1.51
  engine-api openapi 1.44 > openapi.json
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    return _parsers()[0]


def commands() -> Mapping[str, argparse.ArgumentParser]:
    """Return the parser of each command by the command's name."""
    return _parsers()[1]


def _parsers() -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    top = Parser(
        prog="engine-api",
        description="The Docker Engine API as an executable specification: a server, a checker, documents, diffs.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    add_help(top)
    text = f"engine-api {version('docker-engine-api')}"
    top.add_argument("--version", action="version", version=text, help="Show the version and exit.")
    added = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for command in (serve, check, openapi, diff):
        command.add(added)
    completion.add(added, top)
    return top, added.choices


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 for success, 1 for a negative result, 2 for a failure."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except Failure as error:
        print(f"engine-api: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130
