"""`engine-api diff`, as people and programs use it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine_api.api.versions import NEWEST, VERSIONS
from tests.clients.terminal import Terminal

COMMAND = [sys.executable, "-m", "engine_api", "diff"]


def run(*arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, *arguments], input=given, capture_output=True, text=True, timeout=60)


def entries(*arguments: str, given: str = "") -> list[dict[str, Any]]:
    done = run(*arguments, "--format", "json", given=given)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["entries"]
    return found


def test_json_is_as_its_schema_says() -> None:
    schema = json.loads(run("--schema").stdout)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    lines = run("--all", "--format", "json").stdout.splitlines()
    assert len(lines) == len(VERSIONS) * (len(VERSIONS) - 1)
    for line in lines[:: len(lines) // 20]:
        validator.validate(json.loads(line))
    broken = json.loads(lines[0])
    del broken["entries"][0]["why"]
    assert not validator.is_valid(broken)


def test_every_attribute_is_described_in_the_schema() -> None:
    schema = json.loads(run("--schema").stdout)
    for own in (schema, *schema["$defs"].values()):
        for name, attribute in own["properties"].items():
            assert attribute.get("description") or name in ("kind", "what", "entries"), name


def test_the_table_counts_what_breaks() -> None:
    rows = [line.split() for line in run("--all").stdout.splitlines()]
    assert len(rows) == len(VERSIONS) + 1
    count = int(rows[rows[0].index("1.41") + 1][rows[0].index("1.43") + 1])
    assert count == len(entries("1.41", "1.43", "--breaking")) > 5


def test_only_what_breaks() -> None:
    assert {entry["breaking"] for entry in entries("1.41", "1.44")} == {True, False}
    assert {entry["breaking"] for entry in entries("1.41", "1.44", "--breaking")} == {True}


@pytest.mark.parametrize(
    ("pattern", "operations"),
    [
        ("ContainerCreate", {"ContainerCreate"}),
        ("post /containers/create", {"ContainerCreate"}),
        ("/containers/create", {"ContainerCreate"}),
        ("image*", {"ImageList", "ImageInspect"}),
    ],
)
def test_only_some_operations(pattern: str, operations: set[str]) -> None:
    found = {entry["operation"] for entry in entries("1.43", "1.44", "--operation", pattern)}
    assert operations <= found
    assert all(re.match("Image" if pattern == "image*" else "Container", each) for each in found)


def test_only_what_a_list_uses() -> None:
    listed = """\
ContainerCreate HostConfig.KernelMemory   # the limit
POST /v1.41/containers/{any}/stop ?signal

GET /info KernelMemory
"""
    found = {(entry["operation"], entry["path"]) for entry in entries("1.41", "1.42", "--uses", "-", given=listed)}
    assert found == {
        ("ContainerCreate", "HostConfig.KernelMemory"),
        ("ContainerStop", "?signal"),
        ("SystemInfo", "KernelMemory"),
    }


def test_a_line_with_an_operation_alone_uses_all_of_it() -> None:
    whole = entries("1.41", "1.42", "--operation", "ContainerStop")
    assert entries("1.41", "1.42", "--uses", "-", given="ContainerStop") == whole != []


def test_what_has_a_new_default_concerns_those_who_do_not_set_it() -> None:
    listed = "ContainerCreate Image"
    found = entries("1.39", "1.40", "--uses", "-", given=listed)
    assert [(entry["kind"], entry["path"]) for entry in found] == [("default", "HostConfig.IpcMode")]


HAR = {
    "log": {
        "entries": [
            {
                "request": {
                    "method": "POST",
                    "url": "http://localhost/v1.41/containers/create?name=web",
                    "headers": [{"name": "Content-Type", "value": "application/json"}],
                    "postData": {
                        "text": '{"image": "x", "hostconfig": {"kernelmemory": 1, "Mounts": [{"Type": "tmpfs"}]}}'
                    },
                },
                "response": {"status": 201},
            },
            {"request": {"method": "GET", "url": "http://localhost/v1.41/info", "headers": []}},
            {"request": {"method": "GET", "url": "http://elsewhere/favicon.ico", "headers": []}},
        ]
    }
}


def test_only_what_a_har_file_uses(tmp_path: Path) -> None:
    file = tmp_path / "requests.har"
    file.write_text(json.dumps(HAR))
    found = {(entry["operation"], entry["path"]) for entry in entries("1.41", "1.42", "--uses", str(file))}
    assert ("ContainerCreate", "HostConfig.KernelMemory") in found
    assert ("ContainerCreate", "HostConfig.Mounts[]") in found
    assert ("SystemInfo", "KernelMemory") in found
    assert ("ContainerCreate", "HostConfig.ConsoleSize") not in found
    assert {operation for operation, _ in found} == {"ContainerCreate", "SystemInfo"}


@pytest.mark.parametrize(
    ("arguments", "given", "problem"),
    [
        (["1.41"], "", "give two versions"),
        ([], "", "give two versions"),
        (["1.41", "new"], "", "'new' is no API version"),
        (["1.41", "1.42", "--operation", "Teapot*"], "", "no operation is named 'Teapot*'"),
        (["--all", "--breaking"], "", "--all takes no versions"),
        (["1.41", "1.42", "--uses", "/no/such/file"], "", "/no/such/file: No such file"),
        (["1.41", "1.42", "--uses", "-"], "Teapot", "-:1: no operation 'Teapot'"),
        (["1.41", "1.42", "--uses", "-"], "GET /teapot", "-:1: no operation GET /teapot"),
        (["1.41", "1.42", "--uses", "-"], "\nContainerCreate Spout", "-:2: ContainerCreate has no 'Spout'"),
        (["1.41", "1.42", "--uses", "-"], '{"operation": 1}', "-:1: no recorded request"),
        (["1.41", "1.42", "--uses", "-"], '{"operation": "Teapot"}', "-:1: no operation 'Teapot'"),
        (["1.41", "1.42", "--uses", "-"], '{"log": {"entries": [1]}}', "-: no HAR file"),
        (["1.41", "1.42", "--uses", "-"], '{"operation"', "-:1: no recorded request"),
    ],
)
def test_errors_are_one_line(arguments: list[str], given: str, problem: str) -> None:
    done = run(*arguments, given=given)
    assert done.returncode == 2
    assert done.stdout == ""
    assert problem in done.stderr
    assert len(done.stderr.splitlines()) == 1


def on_terminal(*arguments: str, columns: int = 80, **environment: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if name not in ("PAGER", "NO_COLOR", "COLUMNS")}
    with Terminal([*COMMAND, *arguments], {**inherited, "TERM": "xterm", **environment}, columns=columns) as terminal:
        assert terminal.wait() == 0
        return terminal.output.decode().replace("\r\n", "\n")


def test_on_a_terminal_lines_fit_and_have_colours() -> None:
    output = on_terminal("1.43", "1.44", "--no-pager", columns=72)
    assert "\x1b[31mBREAKING" in output
    plain = re.sub(r"\x1b\[\d*m", "", output)
    assert all(len(line) <= 72 for line in plain.splitlines() if line.startswith("      "))
    assert "\x1b" not in on_terminal("1.43", "1.44", "--no-pager", NO_COLOR="1")


def test_on_a_terminal_the_pager_shows_it() -> None:
    output = on_terminal("1.43", "1.44", PAGER="sed 's/^v1.43 .*/PAGED/'", NO_COLOR="1")
    assert output.startswith("PAGED\n")
    assert on_terminal("1.43", "1.44", PAGER="cat", NO_COLOR="1").startswith("v1.43 -> v1.44: ")
    assert on_terminal("1.43", "1.44", PAGER="", NO_COLOR="1").startswith("v1.43 -> v1.44: ")


def test_a_pager_that_ends_early_is_no_failure() -> None:
    assert on_terminal("1.24", str(NEWEST), PAGER="head -n 1", NO_COLOR="1").startswith(f"v1.24 -> v{NEWEST}")


def test_a_pager_that_there_is_not() -> None:
    assert "v1.43 -> v1.44" in on_terminal("1.43", "1.44", PAGER="no-such-pager", NO_COLOR="1")
