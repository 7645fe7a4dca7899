"""Builds the site: one MkDocs build for each version, two at a time, and what ties them together."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from engine_api.api.versions import NEWEST, VERSIONS, Version

__all__ = ["build", "configuration"]


def configuration() -> Path:
    """The project's mkdocs.yml.

    Raises:
        FileNotFoundError: this is no copy of the repository.
    """
    path = Path(__file__).parents[3] / "mkdocs.yml"
    if not path.is_file():
        raise FileNotFoundError("the site is built from a copy of the repository, where mkdocs.yml is")
    return path


def _folder(version: Version) -> str:
    return "latest" if version == NEWEST else f"v{version}"


def _build_one(target: str, version: Version) -> str:
    from mkdocs.commands.build import build as build_with_mkdocs
    from mkdocs.config import load_config

    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    os.environ["ENGINE_API_VERSION"] = str(version)
    folder = _folder(version)
    config = load_config(str(configuration()), site_dir=str(Path(target) / folder), strict=True)
    config.extra["api_version"] = str(version)
    config.site_url = f"http://127.0.0.1/{folder}/"
    config.site_name = f"Docker Engine API v{version}"
    if version != NEWEST:
        config.nav = [{"Start": "index.md"}]
        config.plugins.pop("mkdocstrings", None)
    config.plugins.on_startup(command="build", dirty=False)
    build_with_mkdocs(config)
    config.plugins.on_shutdown()
    return folder


def build(target: Path, versions: Sequence[Version] = VERSIONS, jobs: int | None = None) -> None:
    """Build the site of versions into a folder, which is emptied before.

    Args:
        target: the folder.
        versions: which. Default: all.
        jobs: how many at a time. Default: as many as there are processors.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with ProcessPoolExecutor(jobs or os.cpu_count()) as pool:
        list(pool.map(_build_one, [str(target)] * len(versions), reversed(versions)))
    entries: list[dict[str, object]] = []
    for version in reversed(versions):
        aliases = ["newest"] if version == NEWEST else []
        entries.append({"version": _folder(version), "title": f"v{version}", "aliases": aliases})
    (target / "versions.json").write_text(json.dumps(entries), "utf-8")
    (target / "index.html").write_text(
        '<!doctype html><meta charset="utf-8"><title>Docker Engine API</title>'
        '<meta http-equiv="refresh" content="0; url=latest/"><a href="latest/">Docker Engine API</a>\n',
        "utf-8",
    )
