"""MkDocs hook: adds the pages of a version to the files of a build. `extra.api_version` says which one."""

from __future__ import annotations

from typing import Any

from mkdocs.structure.files import File, Files

from engine_api.api.versions import NEWEST, Version
from engine_api.site.pages import newest_note, pages

_TITLES = {"index.md": "Overview"}


def on_config(config: Any) -> Any:
    """Put the pages in the navigation, and the note of older versions above each page."""
    version = Version.parse(config.extra.get("api_version", str(NEWEST)))
    names = list(pages(version))
    reference = [{_TITLES[name]: f"api/{name}"} if name in _TITLES else f"api/{name}" for name in names]
    config.nav = [*(config.nav or []), {f"API v{version}": reference}]
    config.extra["note"] = newest_note(version)
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the pages."""
    version = Version.parse(config.extra.get("api_version", str(NEWEST)))
    for name, text in pages(version).items():
        files.append(File.generated(config, f"api/{name}", content=text))
    if version != NEWEST:
        for file in list(files):
            if file.is_documentation_page() and not file.src_uri.startswith("api/"):
                files.remove(file)
        files.append(File.generated(config, "index.md", content=_entry(version)))
    return files


def _entry(version: Version) -> str:
    return f"# Docker Engine API v{version}\n\nBegin with the [overview](api/index.md).\n"
