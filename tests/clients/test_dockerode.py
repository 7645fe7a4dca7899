"""dockerode, the client for JavaScript, unmodified."""

import json
import os
import subprocess
from pathlib import Path

from tests.npm import installed


def test_what_a_program_does(docker_host: str, name: str) -> None:
    folder = installed("dockerode", "5.0.1")
    script = Path(__file__).parent / "dockerode.js"
    done = subprocess.run(
        ["node", str(script), name, docker_host.removeprefix("unix://")],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "NODE_PATH": str(folder / "node_modules")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert dict(json.loads(line) for line in done.stdout.splitlines()) == {
        "ping": "OK",
        "version": "1.24",
        "run": ["out\r\n", 3],
        "attach": "hello\n",
        "wait": 0,
        "inspect": "exited",
        "logs": "hello\n",
        "exec": "in\r\n",
        "exec code": 5,
        "list": [True],
        "paused": True,
        "renamed": True,
        "gone": [404, f"No such container: {name}"],
        "network": "bridge",
        "volume": "local",
        "image": "linux",
    }
