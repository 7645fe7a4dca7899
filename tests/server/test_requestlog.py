"""A line for each request, in text or JSON, without secrets."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

SECRET = "c2VjcmV0LXRva2Vu"


@contextmanager
def serve(path: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`engine-api serve` on a socket."""
    process = subprocess.Popen(
        [sys.executable, "-m", "engine_api", "serve", "--host", f"unix://{path}", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == f"listening on unix://{path}"
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def ask(path: Path) -> None:
    """A few requests, with credentials."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://localhost") as client:
        client.get("/_ping")
        client.get("/v1.51/containers/json", params={"all": "1"})
        client.get("/containers/nobody/json")
        client.post("/images/create", params={"fromImage": "alpine"}, headers={"X-Registry-Auth": SECRET})


def logged(process: subprocess.Popen[str]) -> list[str]:
    """What was logged, once the server has ended."""
    assert process.returncode == 0
    assert process.stderr is not None
    assert process.stdout is not None
    text = process.stderr.read()
    process.stderr.close()
    process.stdout.close()
    assert SECRET not in text
    return text.splitlines()


def test_the_text_form(tmp_path: Path) -> None:
    with serve(tmp_path / "s", "--log-level", "info") as process:
        ask(tmp_path / "s")
    lines = logged(process)
    assert not any("_ping" in line for line in lines)
    assert any("GET /v1.51/containers/json?all=1 200" in line for line in lines)
    assert any("GET /containers/nobody/json 404" in line for line in lines)


def test_the_json_form_with_pings(tmp_path: Path) -> None:
    with serve(tmp_path / "s", "--log-level", "debug", "--log-format", "json") as process:
        ask(tmp_path / "s")
    entries = [json.loads(line) for line in logged(process)]
    requests = [entry for entry in entries if entry["logger"] == "engine_api.requests"]
    assert [(entry["level"], entry["method"], entry["path"], entry["status"]) for entry in requests] == [
        ("debug", "GET", "/_ping", 200),
        ("info", "GET", "/v1.51/containers/json?all=1", 200),
        ("info", "GET", "/containers/nobody/json", 404),
        ("info", "POST", "/images/create?fromImage=alpine", 200),
    ]
    assert all(entry["milliseconds"] >= 0 and entry["time"] > 0 for entry in requests)


def test_quiet_unless_asked(tmp_path: Path) -> None:
    with serve(tmp_path / "s") as process:
        ask(tmp_path / "s")
    assert logged(process) == []
