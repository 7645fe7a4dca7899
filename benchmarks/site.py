"""What the site costs, beside plain MkDocs with Material on the same pages.

    python -m benchmarks.site [--versions N ...] [--format text|json]

Both build the specification of the N newest versions in turn, each version with a search of its own. Plain MkDocs gets
the pages as the site gives them to programs, as Markdown: with all words, tables and requests, and without tabs, field
trees, badges and histories, and it makes one build a version, as many at a time as there are processors. Ours makes all
that the site has, with the guides and the Python reference. Memory is the peak of all processes together. With all
versions, the page of containers is made again in each, as `make serve` does when it changes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import say
from engine_api.api.versions import VERSIONS, Version
from engine_api.site.documents import document
from engine_api.site.order import ordered, title_of

__all__ = ["Cost", "main", "measure"]

_LOOK = 0.2
"""Seconds between looks at the memory."""


@dataclass(frozen=True)
class Cost:
    """What a build took: seconds of the clock and of processors, and megabytes at the peak."""

    seconds: float
    cpu: float
    megabytes: float


def _children(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _children(int(child))


def _memory(pid: int) -> float:
    """Megabytes of a process, of what it shares only its part."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


class _Watch:
    """The peak of the memory below this process."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._done.wait(_LOOK):
            self.peak = max(self.peak, sum(_memory(pid) for pid in _children(os.getpid()) if pid != os.getpid()))

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watch while it lasts."""
        self._thread.start()
        try:
            yield
        finally:
            self._done.set()
            self._thread.join()


def _cost(build: Callable[[], None]) -> Cost:
    watch = _Watch()
    before = os.times()
    with watch.on():
        build()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(after.elapsed - before.elapsed, cpu, watch.peak)


def _ours(target: Path, versions: tuple[Version, ...]) -> None:
    chosen = [part for version in versions for part in ("--api-version", str(version))]
    subprocess.run([sys.executable, "-m", "engine_api.site", "build", str(target), *chosen], check=True)


def _again(target: Path) -> None:
    """The largest page again, in every version."""
    subprocess.run([sys.executable, "-m", "engine_api.site", "update", str(target), "--page", "containers"], check=True)


def _sources(folder: Path, version: Version) -> Path:
    """The pages of a version for plain MkDocs; gives its configuration."""
    own = folder / f"v{version}"
    (own / "docs").mkdir(parents=True)
    for name in ordered():
        (own / "docs" / f"{name}.md").write_text(document(name, version), "utf-8")
    configuration = {
        "site_name": f"Docker Engine API v{version}",
        "theme": {"name": "material", "font": False},
        "plugins": ["search"],
        "markdown_extensions": ["tables", {"toc": {"permalink": True}}, "pymdownx.highlight", "pymdownx.superfences"],
        "nav": [{title_of(name): f"{name}.md"} for name in ordered()],
    }
    (own / "mkdocs.yml").write_text(json.dumps(configuration), "utf-8")  # JSON is YAML
    return own / "mkdocs.yml"


def _plain(configurations: list[Path]) -> None:
    waiting, running = list(configurations), list[subprocess.Popen[bytes]]()
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(waiting.pop(0))]
            running.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        done = running.pop(0)
        if done.wait():
            raise subprocess.CalledProcessError(done.returncode, "mkdocs")


def measure(count: int) -> dict[str, Cost]:
    """What both cost for so many of the newest versions."""
    versions = VERSIONS[-count:]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        configurations = [_sources(folder / "plain", version) for version in versions]
        say(f"{count} versions, ours")
        found = {"ours": _cost(lambda: _ours(folder / "ours", versions))}
        if versions == VERSIONS:
            say("ours, one page again")
            found["again"] = _cost(lambda: _again(folder / "ours"))
        say(f"{count} versions, plain MkDocs")
        found["plain"] = _cost(lambda: _plain(configurations))
        for one in configurations:
            assert (one.parent / "site" / "containers" / "index.html").is_file()
    return found


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.site", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--versions", type=int, nargs="+", default=[2, 4, 32], metavar="N", help="default: 2 4 32")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args()
    found = {count: measure(count) for count in options.versions}
    if options.format == "json":
        print(json.dumps(found, default=asdict, indent=1))
        return 0
    print(f"{'versions':>8}  {'':6}  {'seconds':>8}  {'CPU s':>8}  {'MB':>6}  plain to ours: time, CPU, memory")
    for count, costs in found.items():
        ours, plain = costs["ours"], costs["plain"]
        for name, cost in costs.items():
            print(f"{count:8}  {name:6}  {cost.seconds:8.1f}  {cost.cpu:8.1f}  {cost.megabytes:6.0f}", end="")
            ratios = (plain.seconds / ours.seconds, plain.cpu / ours.cpu, plain.megabytes / ours.megabytes)
            print("  " + ", ".join(f"{ratio:.2f}" for ratio in ratios) if name == "plain" else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
