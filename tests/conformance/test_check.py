"""`engine-api check` against what is no good engine."""

import asyncio
import json
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine_api.cli import main
from engine_api.testing import running_engine

VERSION = b'{"Version": "1.0", "ApiVersion": "1.45", "MinAPIVersion": "1.44"}'


def _serve(path: Path, version: bytes) -> Iterator[str]:
    """A server that knows its version, and answers OK to everything else."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    ending = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = version if head.startswith(b"GET /version ") else b"OK"
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        writer.close()

    async def serve() -> None:
        async with await asyncio.start_unix_server(answer, path):
            ready.set()
            await ending.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield f"unix://{path}"
    loop.call_soon_threadsafe(ending.set)
    thread.join(10)
    loop.close()


@pytest.fixture
def bad_engine(tmp_path: Path) -> Iterator[str]:
    yield from _serve(tmp_path / "bad.sock", VERSION)


@pytest.fixture
def no_engine(tmp_path: Path) -> Iterator[str]:
    yield from _serve(tmp_path / "none.sock", b"hello")


ONLY = ("--only", "system#ping*")


def test_what_does_not_hold_is_told_and_the_exit_code_is_1(bad_engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", bad_engine, *ONLY]) == 1
    text = capsys.readouterr().out
    assert "FAILS latest/system.md:" in text
    assert "(v1.44, docker 1.0)" in text
    assert "the header Api-Version is missing" in text
    assert text.splitlines()[-1].startswith("docker 1.0, v1.44 to v1.45: ")


def test_what_fails_beside_others_is_run_again_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with running_engine() as engine:
        engine.fault("SystemPing", status=500, message="busy", times=1)
        arguments = ["check", engine.host, "--only", "system#ping-ok", "--api-version", "1.44"]
        assert main([*arguments, "--jobs", "2"]) == 0, capsys.readouterr().out
        engine.fault("SystemPing", status=500, message="busy", times=1)
        assert main([*arguments, "--jobs", "1"]) == 1
        assert "500" in capsys.readouterr().out


def test_several_patterns_choose_what_fits_one_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["system#ping-ok", "system#version-ok"]
    with running_engine() as engine:
        arguments = ["check", engine.host, "--api-version", "1.44", "--format", "json"]
        assert main([*arguments, "--only", names[0], "--only", "system#version-*"]) == 0
    assert [one["example"] for one in json.loads(capsys.readouterr().out)["outcomes"]] == names


def test_json_and_junit_say_the_same(bad_engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", bad_engine, *ONLY, "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert main(["check", bad_engine, *ONLY, "--format", "junit"]) == 1
    suites = list(ET.fromstring(capsys.readouterr().out))
    assert report["engine"] == {"product": "docker", "release": "1.0"}
    assert report["summary"]["fails"] == sum(int(suite.get("failures", 0)) for suite in suites) > 0
    assert len(report["outcomes"]) == sum(len(list(suite)) for suite in suites)
    assert [suite.get("name") for suite in suites] == ["docker 1.0 v1.44", "docker 1.0 v1.45"]


def test_what_is_no_engine_is_told_in_one_line(no_engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", no_engine]) == 2
    assert capsys.readouterr().err == "engine-api: what answers there is no engine: GET /version gave no version\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["unix:///nowhere/at/all.sock"], "cannot be reached"),
        (["ftp://engine"], "is no address; write unix:///PATH or tcp://HOST:PORT"),
        (["tcp://"], "has no host"),
        (["tcp://localhost:1", "--tls-cert", "x"], "--tls-cert and --tls-key are given together"),
        (["tcp://localhost:1", "--tls-ca", "/no/such/file"], "the TLS files cannot be used"),
        (["tcp://localhost:1", "--tls-ca", __file__], "the TLS files cannot be used"),
    ],
)
def test_addresses_that_make_no_sense(arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *arguments]) == 2
    error = capsys.readouterr().err
    assert problem in error
    assert error.count("\n") == 1
