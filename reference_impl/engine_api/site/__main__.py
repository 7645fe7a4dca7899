"""`python -m engine_api.site build DIR` and `python -m engine_api.site serve`."""

from __future__ import annotations

import argparse
import hashlib
import signal
import subprocess
import sys
from pathlib import Path

from engine_api.api.versions import VERSIONS, Version
from engine_api.site.build import Settings, build, configuration


def _stamp() -> str:
    """A digest of all that the site is made from."""
    root = configuration().parent
    digest = hashlib.sha256()
    for folder in ("spec", "docs", "reference_impl", "mkdocs.yml"):
        path = root / folder
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in (".md", ".py", ".css"))
        for file in files:
            digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _serve() -> int:
    """Run the reference engine at once, and the site as soon as it is built."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    engine = subprocess.Popen([sys.executable, "-m", "engine_api", "serve"])
    children = [engine]
    try:
        target = configuration().parent / "site"
        stamp = target / ".stamp"
        now = _stamp()
        if not stamp.is_file() or stamp.read_text() != now:
            builder = subprocess.Popen([sys.executable, "-m", "engine_api.site", "build", str(target)])
            children.append(builder)
            if builder.wait() != 0:
                return 1
            stamp.write_text(now)
        pages = subprocess.Popen([sys.executable, "-m", "engine_api.site", "show", str(target)])
        children.append(pages)
        return engine.wait()
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
    import asyncio

    from engine_api.server.doors import Address
    from engine_api.server.host import Host
    from engine_api.server.pages import pages

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
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m engine_api.site", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="build the site")
    building.add_argument("folder", type=Path)
    building.add_argument("--url", default="", help="where the site will stand (default: as mkdocs.yml says)")
    building.add_argument("--api-version", action="append", help="only this version; may be repeated")
    commands.add_parser("serve", help="run the reference engine with the site beside it")
    showing = commands.add_parser("show", help="serve a built site")
    showing.add_argument("folder", type=Path)
    showing.add_argument("--run", action="store_true", help="run examples here, not in the reader's browser")
    options = parser.parse_args()
    if options.command == "serve":
        return _serve()
    if options.command == "show":
        return _show(options.folder, options.run)
    chosen = tuple(Version.parse(text.removeprefix("v")) for text in options.api_version or ())
    try:
        build(Settings(options.folder, chosen or VERSIONS, options.url))
    except RuntimeError as error:
        print(f"the site cannot be built: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
