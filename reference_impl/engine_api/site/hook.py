"""MkDocs hook: adds what is made, not written: the frames of the specification's pages, and the command line's page."""

from __future__ import annotations

from typing import Any

from mkdocs.structure.files import File, Files

from engine_api.site.commandline import reference

__all__ = ["FRAMES", "on_files"]

FRAMES = ("frame.md", "frame/page.md")
"""The frames, of a page directly below the root and of one a level deeper."""

_FRAME = "---\ntemplate: shell.html\ntitle: '%%name%%'\nsearch:\n  exclude: true\n---\n"


def on_files(files: Files, config: Any) -> Files:
    """Add the pages."""
    for name in FRAMES:
        files.append(File.generated(config, name, content=_FRAME))
    files.append(File.generated(config, "command-line.md", content=reference()))
    return files
