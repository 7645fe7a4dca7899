"""Records what busybox itself answers to the scripts of tests/data/busybox-scripts.txt, on a real engine.

    python scripts/record_busybox.py unix:///var/run/docker.sock [--new]

writes tests/data/busybox.json: the script, what it printed on both outputs, and its exit code; with `--new`, only
scripts that are not there yet are run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

DATA = Path(__file__).parents[1] / "tests" / "data"


def scripts() -> list[str]:
    """The scripts, in their order."""
    lines = (DATA / "busybox-scripts.txt").read_text("utf-8").splitlines()
    return [line.replace("⏎", "\n") for line in lines if line and not line.startswith(("# One", "## "))]


def docker(host: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the docker command."""
    return subprocess.run(
        ["docker", "--host", host, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def main(host: str, new: bool) -> int:
    """Record all of them, or only those that are new."""
    target = DATA / "busybox.json"
    known = {one["script"]: one for one in json.loads(target.read_text("utf-8"))} if new else {}
    name = f"record-{uuid.uuid4().hex[:8]}"
    started = docker(host, "run", "-d", "--name", name, "--hostname", "host", "busybox", "sleep", "3600")
    if started.returncode:
        print(started.stdout.decode(), file=sys.stderr)
        return 1
    found = []
    try:
        for script in scripts():
            if script in known:
                found.append(known[script])
                continue
            docker(host, "exec", name, "sh", "-c", "cd /; rm -rf /tmp/w /tmp/x; mkdir -p /tmp/w")
            done = docker(host, "exec", "-w", "/tmp/w", name, "timeout", "10", "sh", "-c", f"exec 2>&1\n{script}")
            found.append({"script": script, "output": done.stdout.decode("latin-1"), "code": done.returncode})
    finally:
        docker(host, "rm", "-f", name)
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--new" in sys.argv[2:]))
