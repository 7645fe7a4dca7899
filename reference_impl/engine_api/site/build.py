"""Builds the site: MkDocs builds the guides and a frame, and every page of every version is put into that frame."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from engine_api.site import machine, pages, pyodide
from engine_api.site.frame import Frame
from engine_api.site.settings import LATEST, Settings
from engine_api.spec.pages import spec_root

__all__ = ["build", "configuration", "rebuild_page", "update"]

_ASSETS: Final = Path(__file__).parent / "assets"


def configuration() -> Path:
    """Return the path of mkdocs.yml.

    Raises:
        FileNotFoundError: the package does not run from a copy of the repository.
    """
    path = Path(__file__).parents[3] / "mkdocs.yml"
    if not path.is_file():
        raise FileNotFoundError("the site is built from a copy of the repository, where mkdocs.yml is")
    return path


def build(settings: Settings, jobs: int | None = None) -> None:
    """Build the site into its folder, whose content is deleted first.

    Args:
        settings: what to build.
        jobs: number of processes. Default: the number of processors.
    """
    target = settings.target
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    # MkDocs goes into a process of its own: what it imports and keeps is not needed afterwards.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        settings = pool.submit(_guides, settings).result()
    shutil.copytree(_ASSETS, target / "assets" / "site")
    names = list(settings.names)
    count = jobs or os.cpu_count() or 1
    with ProcessPoolExecutor(count, mp_context=get_context("fork")) as pool:
        tasks = [pool.submit(rebuild_page, settings, name) for name in _heaviest_first(names)]
        changes = pool.submit(pages.write_changes, settings)
        others = [pool.submit(machine.write, settings, folder) for folder in settings.folders]
        others += [pool.submit(pages.write_root, settings), pool.submit(pyodide.write, settings)]
        found: dict[str, dict[str, list[pages.Document]]] = {}
        for name, task in zip(_heaviest_first(names), tasks, strict=True):
            found[name] = task.result()
        for other in others:
            other.result()
    found["changes"] = changes.result()
    _write_search(settings, [*names, "changes"], found)
    (target / "frame").rename(target / ".frame")  # for `update`
    machine.write_lists(settings)


def _heaviest_first(names: Sequence[str]) -> list[str]:

    root = spec_root() / "latest"
    return sorted(names, key=lambda name: -(root / f"{name}.md").stat().st_size)


def _guides(settings: Settings) -> Settings:
    from mkdocs.commands.build import build as build_with_mkdocs
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    address = {"site_url": settings.url} if settings.url else {}
    config = load_config(str(configuration()), site_dir=str(settings.target), strict=True, **address)
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build_with_mkdocs(config)
    except Abort as error:  # which would end the process without a word
        raise RuntimeError(f"MkDocs: {error}") from None
    config.plugins.on_shutdown()
    for name in ("sitemap.xml", "sitemap.xml.gz"):
        (settings.target / name).unlink(missing_ok=True)
    return Settings(settings.target, settings.versions, str(config.site_url), settings.names)


def update(settings: Settings, names: Sequence[str], jobs: int | None = None) -> None:
    """Rebuild pages of a built site in every version, with their entries in the search indexes.

    Args:
        settings: the settings of the build.
        names: the pages' files in `spec/latest`, without `.md`.
        jobs: number of processes. Default: the number of processors.
    """
    known = [name for name in names if name in settings.names]
    count = jobs or os.cpu_count() or 1
    folders = list(settings.folders)
    share = -(-len(folders) // count)  # neighbours in one process: what is the same in them is made once
    with ProcessPoolExecutor(count, mp_context=get_context("fork")) as pool:
        parts = [folders[at : at + share] for at in range(0, len(folders), share)]
        for task in [pool.submit(_update, settings, known, part) for part in parts]:
            task.result()


def _update(settings: Settings, names: Sequence[str], folders: Sequence[str]) -> None:
    """Rebuild pages in some folders."""
    found = {name: rebuild_page(settings, name, ".frame", folders) for name in names}
    for folder in folders:
        machine.write_pages(settings, folder, names)
        path = settings.target / folder / "search" / "search_index.json"
        index = json.loads(path.read_text("utf-8"))
        prefixes = tuple("" if name == "index" else f"{name}/" for name in names)
        kept = [one for one in index["docs"] if not _belongs(one["location"], prefixes)]
        docs = [one for name in names for one in found[name][folder]]
        path.write_text(json.dumps({**index, "docs": [*docs, *kept]}, ensure_ascii=False), "utf-8")


def _belongs(location: str, prefixes: Sequence[str]) -> bool:
    """Return whether a location is on one of the pages."""
    return location.partition("#")[0] in prefixes


def rebuild_page(
    settings: Settings, name: str, frames: str = "frame", folders: Sequence[str] | None = None
) -> dict[str, list[pages.Document]]:
    """Write a page in every version, and return its search documents by folder.

    Args:
        settings: the settings of the build.
        name: the page's file in `spec/latest`, without `.md`.
        frames: the folder of the frames.
        folders: the folders of versions to write. Default: all.
    """
    found: dict[str, list[pages.Document]] = {}
    top = Frame.read(settings.target / frames / "index.html")
    below = Frame.read(settings.target / frames / "page" / "index.html")
    for folder in folders or settings.folders:
        version = settings.folders[folder]
        text, entries = pages.specification(settings, folder, version, name, top if name == "index" else below)
        path = settings.target / folder / ("" if name == "index" else name) / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        found[folder] = entries
    return found


def _write_search(settings: Settings, names: list[str], found: dict[str, dict[str, list[pages.Document]]]) -> None:
    """Write a search index for each version; the index of the guides includes the newest version."""
    path = settings.target / "search" / "search_index.json"
    index = json.loads(path.read_text("utf-8"))
    guides = [one for one in index["docs"] if not one["location"].startswith("frame/")]
    for folder in settings.folders:
        docs = [one for name in names for one in found[name].get(folder, ())]
        own = settings.target / folder / "search" / "search_index.json"
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text(json.dumps({**index, "docs": docs}, ensure_ascii=False, separators=(",", ":")), "utf-8")
        if folder == LATEST:
            guides += [{**one, "location": f"{LATEST}/{one['location']}"} for one in docs]
    path.write_text(json.dumps({**index, "docs": guides}, ensure_ascii=False, separators=(",", ":")), "utf-8")
