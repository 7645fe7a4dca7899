"""How often something can be done, and how much of a processor that takes."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["Figure", "process_time", "rounds", "say", "throughput"]

_BEGAN = time.perf_counter()


def say(what: str) -> None:
    """Tell on standard error what goes on, and after how many seconds."""
    print(f"{time.perf_counter() - _BEGAN:4.0f} s  {what}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Figure:
    """What one peer did: operations a second and CPU milliseconds for each; or megabytes a second."""

    rate: float
    cpu: float | None = None


def process_time(pid: int) -> float | None:
    """CPU seconds that a process has used, or None where that cannot be read."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rounds(
    peers: Mapping[str, Callable[[], None]],
    cpu: Mapping[str, Callable[[], float | None]],
    *,
    seconds: float,
    repeats: int,
) -> dict[str, Figure]:
    """Let each peer do its operation again and again, in turns; the median of the rounds.

    Args:
        peers: the operation of each.
        cpu: how each one's CPU seconds are read.
        seconds: the length of one turn.
        repeats: how many turns each has.
    """
    rates: dict[str, list[float]] = {name: [] for name in peers}
    costs: dict[str, list[float]] = {name: [] for name in peers}
    for operation in peers.values():
        operation()
    for _ in range(repeats):
        for name, operation in peers.items():
            count, used, began = 0, cpu[name](), time.perf_counter()
            while (spent := time.perf_counter() - began) < seconds:
                operation()
                count += 1
            after = cpu[name]()
            rates[name].append(count / spent)
            if used is not None and after is not None:
                costs[name].append((after - used) * 1000 / count)
    return {
        name: Figure(statistics.median(rates[name]), statistics.median(costs[name]) if costs[name] else None)
        for name in peers
    }


def throughput(peers: Mapping[str, Callable[[float], int]], *, seconds: float) -> dict[str, Figure]:
    """Megabytes a second of peers that read a stream.

    Args:
        peers: what reads the stream of each, up to its end or until a time of `time.perf_counter`, and gives how many
            bytes that were.
        seconds: how long each may read.
    """
    rates: dict[str, float] = {}
    for name, read in peers.items():
        began = time.perf_counter()
        size = read(began + seconds)
        rates[name] = size / 1e6 / (time.perf_counter() - began)
    return {name: Figure(rate) for name, rate in rates.items()}
