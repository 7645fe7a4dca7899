"""What versions cost: imports, the differences of all pairs, OpenAPI documents.

    python -m benchmarks.versions [--quick] [--format text|json]

Each figure is the median of some runs, each in a process of its own; of seconds, the wall clock's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

__all__ = ["main", "measure"]

_NOTHING = ["-c", "pass"]
_COMMANDS: dict[str, Sequence[str]] = {
    "Python alone": _NOTHING,
    "import engine_api": ["-c", "import engine_api"],
    "import engine_api.api": ["-c", "import engine_api.api"],
    "import engine_api.v1_44": ["-c", "import engine_api.v1_44"],
    "a type of v1.44": ["-c", "from engine_api.v1_44 import ContainerInspectResponse"],
    "engine-api diff of one pair": ["-m", "engine_api", "diff", "1.41", "1.51"],
    "engine-api diff of all pairs": ["-m", "engine_api", "diff", "--all", "--format", "json"],
    "engine-api openapi of one version": ["-m", "engine_api", "openapi", "1.44"],
}


def _seconds(arguments: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def measure(repeats: int) -> dict[str, float]:
    """Seconds of each command, in turns; the median."""
    found: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    for _ in range(repeats):
        for name, arguments in _COMMANDS.items():
            found[name].append(_seconds(arguments))
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.versions", description="What versions cost.")
    parser.add_argument("--quick", action="store_true", help="one run of each")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args()
    figures = measure(1 if options.quick else 7)
    if options.format == "json":
        print(json.dumps(figures, indent=1))
        return 0
    for name, seconds in figures.items():
        print(f"{name:35} {seconds * 1000:8.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
