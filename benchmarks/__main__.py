"""The command; see the package."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import asdict

from benchmarks import __doc__ as description
from benchmarks import clients, servers
from benchmarks.measure import Figure

Tables = dict[str, dict[str, dict[str, Figure]]]


def _ratio(mine: float | None, other: float | None) -> str:
    return f"{mine / other:.2f}" if mine and other else "n/a"


def _rows(table: dict[str, dict[str, Figure]]) -> list[list[str]]:
    """One row for each measurement and peer; ratios are ours to the peer beside it."""
    rows = [["", "peer", "rate", "CPU ms", "rate ratio", "CPU ratio"]]
    for what, figures in table.items():
        names = list(figures)
        for number, (name, figure) in enumerate(figures.items()):
            unit = "MB/s" if what == "log stream" else "/s"
            peer = figures[names[number + 1]] if number % 2 == 0 and number + 1 < len(names) else None
            rows.append(
                [
                    what if number == 0 else "",
                    name,
                    f"{figure.rate:,.1f} {unit}",
                    "n/a" if figure.cpu is None else f"{figure.cpu:.3f}",
                    _ratio(figure.rate, peer.rate) if peer else "",
                    _ratio(figure.cpu, peer.cpu) if peer else "",
                ]
            )
    return rows


def _text(tables: Tables, markdown: bool) -> str:
    lines: list[str] = []
    for title, table in tables.items():
        rows = _rows(table)
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += [f"## {title}" if markdown else title, ""]
        for number, row in enumerate(rows):
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            lines.append(f"| {' | '.join(cells)} |" if markdown else "  ".join(cells).rstrip())
            if markdown and number == 0:
                lines.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("host", nargs="?", default=os.environ.get("DOCKER_HOST"), metavar="HOST")
    parser.add_argument("--format", choices=["text", "markdown", "json"], default="text")
    parser.add_argument("--quick", action="store_true", help="a short run with little data, to see that it works")
    options = parser.parse_args()
    containers, megabytes, seconds, repeats, reading = (
        (20, 2, 0.1, 1, 1.0) if options.quick else (500, 200, 1.0, 3, 10.0)
    )
    tables: Tables = {}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was made is removed all the same
    with ExitStack() as stack:
        ours = stack.enter_context(servers.our_server())
        targets = {"ours": stack.enter_context(servers.prepared(ours, containers, megabytes))}
        if options.host:
            targets["real engine"] = stack.enter_context(servers.prepared(options.host, containers, megabytes))
        tables["Servers, one client"] = servers.measure(targets, seconds=seconds, repeats=repeats, reading=reading)
        for name, target in targets.items():
            tables[f"Clients, on {name}"] = clients.measure(
                name, target, seconds=seconds, repeats=repeats, reading=reading
            )
    tables["Our server, keeping its state"] = servers.measure_state(
        containers=min(containers, 100), seconds=seconds, repeats=repeats
    )
    if options.format == "json":
        print(json.dumps(tables, default=asdict, indent=1))
    else:
        print(_text(tables, options.format == "markdown"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
