"""`engine-api openapi`: the OpenAPI document of a version."""

from __future__ import annotations

import argparse

from engine_api.api.versions import NEWEST
from engine_api.cli.options import Commands, add_command, api_version

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "openapi",
        help="Print the OpenAPI document of a version.",
        description="Print the OpenAPI 3.1 document of a version, as JSON.",
        epilog="example:\n  engine-api openapi 1.44 > openapi.json\n",
    )
    command.add_argument(
        "api_version",
        type=api_version,
        nargs="?",
        default=NEWEST,
        metavar="V",
        help="Version of the API. Default: the newest.",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import json

    from engine_api.openapi import document

    print(json.dumps(document(options.api_version), indent=2))
    return 0
