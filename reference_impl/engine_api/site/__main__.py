"""`python -m engine_api.site build DIR`, `python -m engine_api.site serve` and `python -m engine_api.site show DIR`."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from engine_api.api.versions import VERSIONS, Version
from engine_api.site.build import build, configuration, update
from engine_api.site.settings import Settings

_LOOK = 1.0
"""Seconds between checks of the source files."""


def _sources() -> dict[Path, float]:
    """Return the source files of the site, with their modification times."""
    root = configuration().parent
    found: dict[Path, float] = {root / "mkdocs.yml": (root / "mkdocs.yml").stat().st_mtime}
    for folder in ("spec", "docs", "reference_impl"):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".md", ".py", ".css", ".js", ".mjs", ".json", ".html"):
                found[path] = path.stat().st_mtime
    return found


def _pages_of(changed: list[Path]) -> Iterator[str]:
    """Return the names of the pages of the specification among changed files.

    Raises:
        ValueError: a file is not a page, so that the whole site must be rebuilt.
    """
    spec = configuration().parent / "spec"
    for path in changed:
        if path.suffix != ".md" or spec not in path.parents or path.stem == "changes":
            raise ValueError(path)
        yield path.stem


def _make(target: Path, *arguments: str) -> bool:
    """Build in a new process, which imports the current sources, and print the time."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "engine_api.site", *arguments, str(target)])
    if done.returncode == 0:
        print(f"the site: {' '.join(arguments)} took {time.monotonic() - began:.1f} s", flush=True)
    return done.returncode == 0


def _rebuild(target: Path) -> bool:
    """Build a new site, and replace the served one."""
    new = target.with_name(f".{target.name}-new")
    if not _make(new, "build"):
        return False
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)
    return True


def _serve(target: Path) -> int:
    """Serve the reference engine, build and serve the site, and rebuild what changes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    engine = subprocess.Popen([sys.executable, "-m", "engine_api", "serve"])
    children = [engine]
    try:
        known = _sources()
        newest = max(known.values())
        stamp = target / "llms.txt"
        if not (stamp.is_file() and stamp.stat().st_mtime > newest) and not _rebuild(target):
            return 1
        children.append(subprocess.Popen([sys.executable, "-m", "engine_api.site", "show", "--run", str(target)]))
        while engine.poll() is None:
            time.sleep(_LOOK)
            now = _sources()
            changed = [path for path in {**known, **now} if known.get(path) != now.get(path)]
            known = now
            if changed:
                try:
                    names = sorted(set(_pages_of(changed)))
                except ValueError:
                    _rebuild(target)
                else:
                    _make(target, "update", *(part for name in names for part in ("--page", name)))
        return engine.returncode or 0
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            child.wait()


def _show(folder: Path, run_here: bool) -> int:
    """Serve a built site, with or without an engine for its examples."""
    from engine_api.serve.pages import pages
    from engine_api.server.addresses import Address
    from engine_api.server.host import Host

    async def run() -> None:
        host = Host(pages(folder, run=run_here), ["tcp://127.0.0.1:0"])
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, host.stop)

        def ready(address: Address) -> None:
            print(f"the site is at http://127.0.0.1:{address.port}/", flush=True)

        await host.serve(ready)

    asyncio.run(run())
    return 0


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine_api.site", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="build the site")
    building.add_argument("folder", type=Path)
    building.add_argument("--url", default="", help="where the site will stand (default: as mkdocs.yml says)")
    building.add_argument("--api-version", action="append", help="only this version; may be repeated")
    updating = commands.add_parser("update", help="make pages of the specification again, in all versions")
    updating.add_argument("folder", type=Path)
    updating.add_argument("--page", action="append", required=True, help="such as containers; may be repeated")
    serving = commands.add_parser("serve", help="run the reference engine with the site beside it")
    serving.add_argument("folder", type=Path, nargs="?", default=configuration().parent / "site")
    showing = commands.add_parser("show", help="serve a built site")
    showing.add_argument("folder", type=Path)
    showing.add_argument("--run", action="store_true", help="run examples here, not in the reader's browser")
    options = parser.parse_args()
    if options.command == "serve":
        return _serve(options.folder)
    if options.command == "show":
        return _show(options.folder, options.run)
    if options.command == "update":
        update(Settings(options.folder), options.page)
        return 0
    chosen = tuple(Version.parse(text.removeprefix("v")) for text in options.api_version or ())
    try:
        build(Settings(options.folder, chosen or VERSIONS, options.url))
    except RuntimeError as error:
        print(f"the site cannot be built: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
