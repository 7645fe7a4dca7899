"""`engine-api check`: runs the examples of the specification against an engine."""

from __future__ import annotations

import argparse

from engine_api.cli.options import Commands, add_command

__all__ = ["add"]

_EPILOG = """\
examples:
  engine-api check unix:///var/run/docker.sock
  engine-api check tcp://127.0.0.1:2375 --api-version 1.41 --api-version 1.44
  engine-api check unix:///run/podman/podman.sock --only 'containers#*' --format junit > report.xml

The command deletes what it creates on the engine, and nothing else. The exit code is 0 if all examples hold, 1 if an
example fails, and 2 if the examples cannot be run.
"""


def add(commands: Commands) -> None:
    """Add the command."""
    from engine_api.conformance.check import add_arguments

    command = add_command(
        commands,
        "check",
        help="Run the examples of the specification against an engine.",
        description="Run the examples of the specification against an engine, in every version that the engine serves.",
        epilog=_EPILOG,
    )
    add_arguments(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from engine_api.conformance.check import main

    return main(options)
