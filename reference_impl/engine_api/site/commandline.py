"""The reference of the command line, from the parsers of the commands."""

from __future__ import annotations

import os

from engine_api.cli import commands, parser

__all__ = ["reference"]


def reference() -> str:
    """Return the page as Markdown: each command with its help."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "78"
    try:
        top = parser()
        lines = ["# Command line", "", "What `--help` prints. The exit code is 0 for success, 1 for a negative result"]
        lines += ["such as an example that does not hold, and 2 for a failure of the command.", ""]
        lines += ["```text", top.format_help().rstrip(), "```"]
        for name, command in commands().items():
            lines += ["", f"## engine-api {name} {{#{name}}}", "", "```text", command.format_help().rstrip(), "```"]
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    return "\n".join(lines) + "\n"
