"""MkDocs hook: adds generated content: the frames of the specification's pages, references, and their links.

It also removes invalid HTML of the theme.
"""

from __future__ import annotations

import re
from typing import Any, Final

from mkdocs.structure.files import File, Files

from engine_api.site.commandline import reference
from engine_api.site.pythonreference import OPERATIONS, TYPES_PAGE, operations, types_page, with_operations, with_types

__all__ = ["FRAMES", "on_files", "on_page_content", "on_page_markdown", "on_post_page", "on_post_template"]

FRAMES = ("frame.md", "frame/page.md")
"""The frames of pages directly below the root, and of pages one level deeper."""

_FRAME = "---\ntemplate: shell.html\ntitle: '%%name%%'\nsearch:\n  exclude: true\n---\n"

_INVALID: Final = re.compile(r'(id="__(?:drawer|search)") autocomplete="off"|(<label [^>]*) tabindex=""')
"""Invalid attributes: autocompletion of a checkbox, and an order that is not a number."""


def on_files(files: Files, config: Any) -> Files:
    """Add the generated pages."""
    for name in FRAMES:
        files.append(File.generated(config, name, content=_FRAME))
    files.append(File.generated(config, "command-line.md", content=reference()))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Insert the resources, whose methods mkdocstrings renders."""
    return markdown.replace(OPERATIONS, operations())


def on_page_content(html: str, **_: object) -> str:
    """Insert the tables of types, and the operations of methods."""
    return with_operations(html.replace(TYPES_PAGE, types_page()) if TYPES_PAGE in html else html)


def on_post_page(output: str, **_: object) -> str:
    """Remove invalid HTML, and link the types that mkdocstrings names."""
    return _mended(with_types(output))


def on_post_template(output_content: str, **_: object) -> str:
    """Remove invalid HTML from a page of the theme, such as 404."""
    return _mended(output_content)


def _mended(text: str) -> str:
    return _INVALID.sub(lambda found: found[1] or found[2], text)
