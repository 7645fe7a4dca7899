"""`engine-api diff`: the differences between versions as text, Markdown or JSON."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import permutations

import msgspec

from engine_api.api.versions import VERSIONS
from engine_api.diff.differences import Diff, diff
from engine_api.diff.render import FORMATS, as_text, schema, table
from engine_api.diff.uses import UsesError, read_uses
from engine_api.versions.change import EVERY_OPERATION
from engine_api.wire.bindings import BINDINGS

__all__ = ["DiffError", "main", "operations"]


class DiffError(Exception):
    """The options are invalid; the message is one line."""


def operations(patterns: Sequence[str]) -> frozenset[str]:
    """Return the IDs of the operations that match one of the patterns.

    A pattern is an ID such as `ContainerCreate`, a route such as `POST /containers/create`, or a resource such as
    `containers`. `*` and `?` are wildcards; case is ignored.

    Raises:
        DiffError: a pattern matches no operation.
    """
    found: set[str] = set()
    for pattern in patterns:
        own = {
            binding.operation.id
            for binding in BINDINGS
            for name in (binding.operation.id, f"{binding.verb} {binding.path}", binding.path, binding.resource)
            if fnmatchcase(name.lower(), pattern.lower())
        }
        if not own:
            raise DiffError(
                f"no operation is named {pattern!r}; give an id, a route or a resource, such as 'Container*'"
            )
        found |= own
    return frozenset(found)


def main(options: argparse.Namespace) -> int:
    """Print the differences that the options select.

    Raises:
        DiffError: the options are invalid.
    """
    if options.schema:
        print(json.dumps(schema(), indent=2))
        return 0
    if options.all:
        if options.source is not None or options.breaking or options.operation or options.uses:
            raise DiffError("--all takes no versions, and nothing that narrows")
        return _all(options)
    if options.source is None or options.target is None:
        raise DiffError("give two versions, such as 1.41 1.51, or --all")
    found = _narrowed(diff(options.source, options.target), options)
    _show(found, options)
    return 0


def _narrowed(found: Diff, options: argparse.Namespace) -> Diff:
    if options.operation:
        chosen = operations(options.operation) | {EVERY_OPERATION}
        kept = [entry for entry in found.entries if entry.operation in chosen]
        found = msgspec.structs.replace(found, entries=kept)
    if options.uses is not None:
        try:
            text = sys.stdin.read() if str(options.uses) == "-" else options.uses.read_text("utf-8")
        except OSError as error:
            raise DiffError(f"{options.uses}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise DiffError(f"{options.uses}: no text") from None
        try:
            found = read_uses(text, str(options.uses)).narrow(found)
        except UsesError as error:
            raise DiffError(str(error)) from None
    return msgspec.structs.replace(found, entries=found.breaking) if options.breaking else found


def _all(options: argparse.Namespace) -> int:
    if options.format == "json":
        for source, target in permutations(VERSIONS, 2):
            sys.stdout.buffer.write(msgspec.json.encode(diff(source, target)) + b"\n")
        return 0
    sys.stdout.write(table(markdown=options.format == "markdown"))
    return 0


def _show(found: Diff, options: argparse.Namespace) -> None:
    if options.format != "text":
        sys.stdout.write(FORMATS[options.format](found))
        return
    terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size().columns, 120) if terminal else 100
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    text = as_text(found, width=width, colour=colour)
    pager = _pager() if terminal and not options.no_pager else ""
    if pager:
        _page(pager, text)
    else:
        sys.stdout.write(text)


def _pager() -> str:
    """Return the pager command; empty for none."""
    own = os.environ.get("PAGER")
    if own is not None:
        return "" if own.strip() == "cat" else own.strip()
    return "less" if shutil.which("less") else ""


def _page(pager: str, text: str) -> None:
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    process = subprocess.Popen(pager, shell=True, stdin=subprocess.PIPE, env=environment, text=True)
    try:
        process.communicate(text)
    except (BrokenPipeError, KeyboardInterrupt):
        process.wait()
    if process.returncode == 127:
        sys.stdout.write(text)
