"""Records what became of the examples on an engine, for the site: `spec/compatibility/NAME.json`.

    python scripts/record_compatibility.py unix:///var/run/docker.sock docker-28.5
    python scripts/record_compatibility.py unix:///run/podman/podman.sock podman-5.8 --api-version 1.41
    python scripts/record_compatibility.py unix:///var/run/docker.sock docker-28.5 --report FILE --report FILE
    python scripts/record_compatibility.py - docker-29.7 --report FILE --build "Engine 29.7.2" --date 2026-12-01

It runs `engine-api check` and keeps of the report what the pages show, or takes reports that the command wrote before,
of which a later one counts where they tell of the same. With reports and `--build` no engine is asked. A run of all
versions takes minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, cast

from engine_api.api.versions import Version
from engine_api.conformance.sockets import SocketTarget
from engine_api.conformance.target import Target
from engine_api.site.compatibility import compact

FOLDER = Path(__file__).parents[1] / "spec" / "compatibility"


async def build_of(target: Target) -> str:
    """What the engine says of its build: its release, and that of what runs its containers."""
    async with await target.connect() as connection:
        await connection.send(b"GET /version HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n")
        response = await connection.response()
        document = json.loads(await response.read())
    parts = [
        f"{one['Name']} {one['Version']}" for one in document.get("Components") or () if one["Name"] != "docker-init"
    ]
    return ", ".join(parts) or str(document["Version"])


def checked(host: str, versions: list[str], jobs: str) -> dict[str, Any]:
    """The report of a run.

    Raises:
        SystemExit: the engine could not be asked.
    """
    command = [sys.executable, "-m", "engine_api", "check", host, "--format", "json", "--jobs", jobs]
    for version in versions:
        command += ["--api-version", version]
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(command, stdout=output)
        if done.returncode not in (0, 1):
            raise SystemExit(done.returncode)
        output.seek(0)
        return cast("dict[str, Any]", json.load(output))


def joined(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Several reports of one engine as one."""
    outcomes = {(one["example"], one["version"]): one for report in reports for one in report["outcomes"]}
    counted = Counter(one["result"] for one in outcomes.values())
    versions = {Version.parse(version) for report in reports for version in report["versions"]}
    return {
        **reports[0],
        "versions": [str(version) for version in sorted(versions)],
        "seconds": sum(report["seconds"] for report in reports),
        "summary": dict(counted),
        "outcomes": list(outcomes.values()),
    }


def main() -> int:
    """Record a run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", help="the engine's address; - with --report and --build")
    parser.add_argument("name", help="the name of the file, such as docker-28.5")
    parser.add_argument("--api-version", action="append", default=[], metavar="V")
    parser.add_argument("--jobs", default="4")
    parser.add_argument(
        "--report",
        type=Path,
        action="append",
        metavar="FILE",
        help="what `engine-api check --format json` wrote; may be repeated",
    )
    parser.add_argument("--build", help="what the engine says of its build; default: the engine is asked")
    parser.add_argument(
        "--date",
        default=datetime.datetime.now(datetime.UTC).date().isoformat(),
        metavar="YYYY-MM-DD",
        help="the day of the run; default: today",
    )
    options = parser.parse_args()
    build = options.build or asyncio.run(build_of(SocketTarget(options.host)))
    if options.report:
        report = joined([json.loads(path.read_text("utf-8")) for path in options.report])
    else:
        report = checked(options.host, options.api_version, options.jobs)
    kept = compact(report, options.date, build)
    FOLDER.mkdir(exist_ok=True)
    rows = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(found, ensure_ascii=False)}" for name, found in kept.pop("outcomes").items()
    )
    head = json.dumps(kept, ensure_ascii=False, indent=1).rstrip("}\n")
    (FOLDER / f"{options.name}.json").write_text(f'{head},\n "outcomes": {{\n{rows}\n }}\n}}\n', "utf-8")
    print(f"{options.name}: {report['summary']}, {report['seconds']:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
