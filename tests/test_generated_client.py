"""A client that a public generator makes from our OpenAPI document: it passes mypy, and talks to our server."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine_api.api.versions import NEWEST, Version
from engine_api.openapi import document
from tests.serving import serving

GENERATOR = Path(sys.executable).parent / "openapi-python-client"

CONFIG = """\
content_type_overrides:
  application/vnd.docker.raw-stream: application/octet-stream
  application/vnd.docker.multiplexed-stream: application/octet-stream
  application/x-tar: application/octet-stream
"""

MYPY = """\
[mypy]
strict = True
[mypy-generated.client]
# the generator's own, the same for every document: it hands the arguments of __exit__ on as objects
disable_error_code = arg-type
"""

PROGRAM = """\
import sys

from generated import Client
from generated.api.container import container_create, container_inspect, container_list, container_start, container_wait
from generated.api.system import system_version
from generated.models import ContainerCreateRequest, ContainerCreateResponse, ContainerInspectResponse, ErrorResponse
from generated.models import ContainerWaitResponse, SystemVersion

client = Client(base_url=sys.argv[1])
version = system_version.sync(client=client)
assert isinstance(version, SystemVersion)
print(version.api_version)
request = ContainerCreateRequest(image="busybox", cmd=["sh", "-c", "exit 3"], labels=None)
made = container_create.sync(client=client, body=request, name="generated")
assert isinstance(made, ContainerCreateResponse)
assert container_start.sync_detailed(made.id, client=client).status_code == 204
ended = container_wait.sync(made.id, client=client)
assert isinstance(ended, ContainerWaitResponse)
print(ended.status_code)
found = container_inspect.sync("generated", client=client)
assert isinstance(found, ContainerInspectResponse)
print(found.id == made.id)
listed = container_list.sync(client=client, all_=True)
assert isinstance(listed, list)
print(len(listed))
again = container_create.sync(client=client, body=request, name="generated")
assert isinstance(again, ErrorResponse)
print(again.message.partition(".")[0])
"""


@pytest.fixture
def address() -> Iterator[str]:
    with serving(["tcp://127.0.0.1:0"]) as served:
        yield served.address.replace("tcp://", "http://")


@pytest.mark.skipif(not GENERATOR.is_file(), reason="openapi-python-client is not installed")
@pytest.mark.parametrize("version", [Version(1, 44), NEWEST], ids=str)
def test_it_is_typed_and_works(version: Version, address: str, tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(document(version)))
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "mypy.ini").write_text(MYPY)
    (tmp_path / "program.py").write_text(PROGRAM)
    generate = [str(GENERATOR), "generate", "--path", "openapi.json", "--output-path", "generated", "--meta", "none"]
    done = subprocess.run([*generate, "--config", "config.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    typed = [sys.executable, "-m", "mypy", "--no-incremental", "-p", "generated", "-m", "program"]
    done = subprocess.run(typed, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    done = subprocess.run(
        [sys.executable, "program.py", f"{address}/v{version}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        str(NEWEST),
        "3",
        "True",
        "1",
        "Conflict",
    ]
