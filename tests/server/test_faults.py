"""Faults on purpose."""

import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from engine_api.client import Client, ConnectionFailed
from engine_api.server.faults import Fault
from engine_api.testing import RunningEngine
from tests.serving import Raw


def _http(engine: RunningEngine) -> httpx.Client:
    return httpx.Client(
        transport=httpx.HTTPTransport(uds=engine.host.removeprefix("unix://")), base_url="http://engine"
    )


def test_a_refusal_in_the_engines_form_as_often_as_was_said(engine: RunningEngine) -> None:
    engine.fault("ContainerCreate", status=500, message="no space left on device", times=2)
    with _http(engine) as http:
        for version in ("", "/v1.44"):
            answer = http.post(f"{version}/containers/create", json={"Image": "busybox"})
            assert answer.status_code == 500
            assert answer.json() == {"message": "no space left on device"}
        assert http.post("/containers/create", json={"Image": "busybox"}).status_code == 201
        assert http.get("/_ping").status_code == 200


def test_a_pattern_names_several_and_the_last_fault_comes_first(engine: RunningEngine) -> None:
    engine.fault("Image*", status=503)
    engine.fault("ImageInspect", status=404, message="gone")
    with _http(engine) as http:
        assert http.get("/images/json").status_code == 503
        assert http.get("/images/busybox/json").json() == {"message": "gone"}
    engine.reset()
    with _http(engine) as http:
        assert http.get("/images/json").status_code == 200


def test_slowness(engine: RunningEngine) -> None:
    engine.fault("SystemPing", delay=0.3, times=1)
    with _http(engine) as http:
        began = time.monotonic()
        assert http.get("/_ping").text == "OK"
        assert time.monotonic() - began >= 0.3


def test_a_body_that_is_cut(engine: RunningEngine) -> None:
    engine.fault("SystemInfo", cut=20)
    with _http(engine) as http, pytest.raises(httpx.RemoteProtocolError):
        http.get("/info")
    with Client(engine.host, version="1.44") as client, pytest.raises(ConnectionFailed):
        client.system.info()


def test_a_stream_that_is_cut(engine: RunningEngine) -> None:
    with _http(engine) as http:
        http.post("/containers/create?name=web", json={"Image": "busybox", "Cmd": ["yes"], "Tty": True})
        http.post("/containers/web/start")
    engine.fault("ContainerAttach", cut=1000)
    with Raw(engine.host) as connection:
        connection.send(
            b"POST /containers/web/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\n"
            b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
        )
        assert b" 101 " in connection.until(b"\r\n\r\n")
        assert len(connection.rest()) == 1000


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Teapot,status=500", "no operation is named 'Teapot'"),
        ("SystemPing", "nothing goes wrong with SystemPing"),
        ("SystemPing,status=200", "200 is no status of a refusal"),
        ("SystemPing,status=many", "invalid literal"),
        ("SystemPing,colour=red", "is none of status=..., message=..."),
        ("SystemPing,delay=-1", "delay and cut are at least 0"),
        ("SystemPing,delay=1,times=0", "times at least 1"),
    ],
)
def test_faults_that_make_no_sense(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=".") as raised:
        Fault.parse(text)
    assert problem in str(raised.value)


def test_the_command_line_takes_faults_and_refuses_bad_ones_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "engine_api", "serve", "--host", f"unix://{tmp_path}/docker.sock"]
    bad = subprocess.run([*command, "--fault", "Teapot,status=500"], capture_output=True, text=True, timeout=60)
    assert bad.returncode == 2
    assert "no operation is named 'Teapot'" in bad.stderr.splitlines()[-1]
    server = subprocess.Popen(
        [*command, "--fault", "SystemPing,status=503,message=not now"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        assert "listening" in server.stdout.readline()
        transport = httpx.HTTPTransport(uds=f"{tmp_path}/docker.sock")
        with httpx.Client(transport=transport, base_url="http://engine") as http:
            assert http.get("/_ping").json() == {"message": "not now"}
    finally:
        server.terminate()
        server.communicate(timeout=20)
