"""The command line, as people type it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from engine_api.api.versions import NEWEST
from engine_api.testing import RunningEngine


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "engine_api", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )


def test_help_has_examples() -> None:
    for command in ([], ["serve"], ["check"], ["openapi"], ["diff"], ["completion"]):
        done = run(*command, "--help")
        assert done.returncode == 0
        assert "example" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["teapot"], "invalid choice: 'teapot'"),
        (["diff", "1.41"], "give two versions"),
        (["serve", "--record", "/no/such/folder/file"], "/no/such/folder/file: No such file"),
        (["diff", "1.41", "new"], "'new' is no API version"),
        (["openapi", "1.99"], "v1.99 is not described here"),
        (["serve", "--host", "gopher://x"], "gopher:// is not supported"),
        (["serve", "--host", "unix:///no/such/folder/x.sock"], "/no/such/folder"),
        (["serve", "--host", "tcp://0.0.0.0:0"], "needs TLS with client certificates"),
        (["serve", "--tls-cert", "x"], "TLS needs"),
        (["serve", "--catalogue", "NOT LOWER"], "invalid reference format"),
        (["check", "unix:///no/such.sock"], "cannot be reached"),
        (["check", "somewhere"], "is no address"),
    ],
)
def test_errors_are_one_line(arguments: list[str], problem: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert problem in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_diff(form: str) -> None:
    done = run("diff", "1.43", "v1.44", "--format", form)
    assert done.returncode == 0
    assert "VirtualSize" in done.stdout
    if form == "json":
        assert {entry["breaking"] for entry in json.loads(done.stdout)["entries"]} == {True, False}


def test_openapi() -> None:
    assert json.loads(run("openapi", "1.44").stdout)["info"]["version"] == "1.44"
    assert json.loads(run("openapi").stdout)["info"]["version"] == str(NEWEST)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion(shell: str) -> None:
    assert "serve" in run("completion", shell).stdout


def test_serve_prints_an_address_per_line_and_ends_at_once(tmp_path: Path) -> None:
    addresses = [f"unix://{tmp_path}/a.sock", f"unix://{tmp_path}/b.sock"]
    hosts = [part for address in addresses for part in ("--host", address)]
    log = ["--log-level", "info", "--log-format", "json", "--record", str(tmp_path / "uses.jsonl")]
    server = subprocess.Popen(
        [sys.executable, "-m", "engine_api", "serve", *hosts, *log],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    lines = [server.stdout.readline().strip() for _ in range(3)]
    assert lines == [
        f"listening on {addresses[0]}",
        f"listening on {addresses[1]}",
        f"export DOCKER_HOST={addresses[0]}",
    ]
    for address in addresses:
        done = run("check", address, "--api-version", "1.44", "--only", "system#*")
        assert done.returncode == 0, done.stdout
        assert " 0 fail, 0 not run" in done.stdout
    server.send_signal(signal.SIGINT)
    _, errors = server.communicate(timeout=60)
    assert server.returncode == 0
    entries = [json.loads(line) for line in errors.splitlines()]
    assert {"method": "GET", "path": "/v1.44/info", "status": 200}.items() <= entries[-1].items() or any(
        entry.get("path") == "/v1.44/info" and entry["status"] == 200 for entry in entries
    )
    assert not (tmp_path / "a.sock").exists()
    assert '{"operation":"SystemInfo","version":"1.44","status":200}' in (tmp_path / "uses.jsonl").read_text()
    assert (tmp_path / "uses.jsonl").stat().st_mode & 0o777 == 0o600


def test_check_reports(engine: RunningEngine, tmp_path: Path) -> None:
    only = ("--api-version", "1.44", "--only", "exec#*")
    text = run("check", engine.host, *only)
    assert text.returncode == 0, text.stdout
    assert "0 fail" in text.stdout
    report = json.loads(run("check", engine.host, *only, "--format", "json").stdout)
    assert report["summary"]["fails"] == 0
    assert report["summary"]["holds"] == len(report["outcomes"]) > 10
    assert run("check", engine.host, *only, "--format", "junit").stdout.startswith("<?xml")
    assert engine.call(lambda memory: memory.containers.list(all=True)) == []


def test_check_refuses_what_makes_no_sense(engine: RunningEngine) -> None:
    assert "no example is named" in run("check", engine.host, "--only", "teapot").stderr
    assert "no API version" in run("check", engine.host, "--api-version", "new").stderr
    assert f"serves v1.24 to v{NEWEST}" in run("check", engine.host, "--api-version", "1.99").stderr


@pytest.mark.parametrize(
    ("release", "versions", "status"), [("28.5", ("1.24", "1.51"), 500), ("29.7", ("1.40", "1.55"), 400)]
)
def test_serve_reports_a_release_and_refuses_as_it_does(
    tmp_path: Path, release: str, versions: tuple[str, str], status: int
) -> None:
    path = tmp_path / "docker.sock"
    command = [sys.executable, "-m", "engine_api", "serve", "--host", f"unix://{path}", "--engine-release", release]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        assert server.stdout.readline()
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://docker") as client:
            version = client.get("/version").json()
            assert version["Version"].startswith(f"{release}.")
            assert (version["MinAPIVersion"], version["ApiVersion"]) == versions
            assert client.get("/info").json()["ServerVersion"] == version["Version"]
            assert client.get("/containers/json?limit=x").status_code == status
            assert client.get("/v1.39/_ping").status_code == (200 if release == "28.5" else 400)
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)
