"""Records what the docker command prints on a real engine for the commands of tests/data/docker-commands.txt.

    python scripts/record_commands.py unix:///var/run/docker.sock

writes tests/data/docker-commands.json: the engine, the version of the command, and what each command printed on both
outputs, without what differs at each run, and its exit code.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

DATA = Path(__file__).parents[1] / "tests" / "data"


def sections() -> list[tuple[str, list[str]]]:
    """The commands, by the heading above them."""
    found: list[tuple[str, list[str]]] = []
    for line in (DATA / "docker-commands.txt").read_text("utf-8").splitlines():
        if line.startswith("## "):
            found.append((line[3:], []))
        elif line and not line.startswith("# "):
            found[-1][1].append(line)
    return found


def normal(text: str, prefix: str) -> str:
    """A command's output without what differs at each run: the prefix, identifiers, digests, times."""
    text = text.replace(prefix, "NAME").replace(prefix.upper(), "NAME")
    text = re.sub(r"\b[0-9a-f]{64}\b", "<id>", text)
    text = re.sub(r"\b[0-9a-f]{12}\b", "<short>", text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "<time>", text)


def run(host: str, section: list[str]) -> list[tuple[str, str, int]]:
    """Run a section against an engine; what is left of it is removed."""
    prefix = f"t{uuid.uuid4().hex[:7]}z"
    found = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "DOCKER_HOST": host,
            "DOCKER_CONFIG": f"{folder}/config",
            "DOCKER_CLI_HINTS": "false",
        }
        Path(folder, "work").mkdir()

        def shell(command: str) -> subprocess.CompletedProcess[bytes]:
            return subprocess.run(
                ["bash", "-c", command],
                cwd=f"{folder}/work",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=60,
            )

        for command in section:
            done = shell(command.replace("NAME", prefix))
            found.append((command, normal(done.stdout.decode("utf-8", "replace"), prefix), done.returncode))
        for kind, remove in (
            ("ps -aq --filter name={}", "rm -fv"),
            ("images --format '{{{{.Repository}}}}:{{{{.Tag}}}}' '{}*'", "rmi -f"),
            ("network ls -q --filter name={}", "network rm"),
            ("volume ls -q --filter name={}", "volume rm"),
        ):
            shell(f"docker {kind.format(prefix)} | xargs -r docker {remove}")
    return found


def command_version() -> str:
    """The version of the docker command."""
    done = subprocess.run(["docker", "--version"], capture_output=True, text=True, check=True)
    match = re.search(r"\d+\.\d+\.\d+", done.stdout)
    assert match is not None
    return match[0]


def main(host: str) -> int:
    """Record all of them."""
    engine = subprocess.run(
        ["docker", "--host", host, "version", "--format", "{{.Server.Version}}"], capture_output=True, text=True
    )
    if engine.returncode:
        print(engine.stderr, end="", file=sys.stderr)
        return 1
    recorded = {
        "engine": engine.stdout.strip(),
        "command": command_version(),
        "sections": {
            title: [{"command": c, "output": output, "code": code} for c, output, code in run(host, commands)]
            for title, commands in sections()
        },
    }
    (DATA / "docker-commands.json").write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
