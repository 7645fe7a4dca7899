"""The door for tests in other languages."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine_api.testing import RunningEngine
from tests.serving import Raw

SEED = {"Containers": [{"Name": "web", "Image": "busybox", "Cmd": ["sleep", "300"]}]}
YAML = {"Content-Type": "application/yaml"}


@pytest.fixture(scope="module")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("control")
    (folder / "seed.json").write_text(json.dumps(SEED))
    address = f"unix://{folder}/docker.sock"
    words = [
        sys.executable,
        "-m",
        "engine_api",
        "serve",
        "-H",
        address,
        "--control",
        "--load",
        str(folder / "seed.json"),
    ]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert server.stdout.readline().strip() == f"listening on {address}"
    yield address
    server.terminate()
    assert server.wait(20) == 0
    server.stdout.close()


@pytest.fixture
def http(_address: str) -> Iterator[httpx.Client]:
    transport = httpx.HTTPTransport(uds=_address.removeprefix("unix://"))
    with httpx.Client(transport=transport, base_url="http://engine") as client:
        yield client
        assert client.post("/_control/reset").status_code == 204


def _names(http: httpx.Client) -> list[str]:
    answer: list[dict[str, Any]] = http.get("/v1.44/containers/json", params={"all": True}).json()
    return sorted(one["Names"][0] for one in answer)


def test_it_is_not_there_unless_it_was_asked_for(engine: RunningEngine) -> None:
    with Raw(engine.host) as connection:
        connection.send(b"POST /_control/reset HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n")
        answer = connection.answer()
    assert (answer.status, answer.message) == (404, "page not found")


def test_a_reset_brings_back_what_there_was_at_the_start(http: httpx.Client) -> None:
    assert _names(http) == ["/web"]
    assert http.delete("/containers/web", params={"force": True}).status_code == 204
    assert http.post("/containers/create", json={"Image": "busybox"}).status_code == 201
    answer = http.post("/_control/reset")
    assert (answer.status_code, answer.content) == (204, b"")
    assert _names(http) == ["/web"]


def test_documents_and_compose_files_are_loaded(http: httpx.Client) -> None:
    more = {"Containers": [{"Name": "more", "Image": "busybox", "State": "created"}]}
    assert http.post("/_control/load", json=more).json() == {"Warnings": []}
    file = "services: {a: {image: busybox, command: sleep 300, links: [b]}}"
    answer = http.post("/_control/load", params={"project": "p"}, content=file, headers=YAML)
    assert answer.json() == {"Warnings": ["the body: services.a.links: left out; a seed does not understand it"]}
    assert _names(http) == ["/more", "/p-a-1", "/web"]


@pytest.mark.parametrize(
    ("body", "headers", "says"),
    [
        (b"{", {}, "unsupported Content-Type"),
        (b"{", {"Content-Type": "application/json"}, "the body: line 1"),
        (json.dumps(SEED).encode(), {"Content-Type": "application/json"}, "the body: container web: Conflict"),
        (b"services: {a: {image: x}}", YAML, "the body: name: the project has no name"),
        (b"name: p\nservices: {a: {image: x, volumes: ['./a:/a']}}", YAML, "begins at the folder of the file"),
        (b"\xff", YAML, "the body: it is no UTF-8"),
    ],
)
def test_what_cannot_be_loaded(http: httpx.Client, body: bytes, headers: dict[str, str], says: str) -> None:
    answer = http.post("/_control/load", content=body, headers={"Content-Type": "text/plain", **headers})
    assert answer.status_code == 400
    assert list(answer.json()) == ["message"]
    assert says in answer.json()["message"]


def test_faults_are_put_in_force_told_and_ended(http: httpx.Client) -> None:
    fault = {"Operation": "Image*", "Status": 503, "Message": "not now"}
    assert http.post("/_control/faults", json=fault).status_code == 204
    told = {**fault, "Delay": 0, "Cut": None, "Times": None}
    assert http.get("/_control/faults").json() == [told]
    answer = http.get("/images/json")
    assert (answer.status_code, answer.json()) == (503, {"message": "not now"})
    assert http.delete("/_control/faults").status_code == 204
    assert http.get("/images/json").status_code == 200
    http.post("/_control/faults", json=fault)
    http.post("/_control/reset")
    assert http.get("/_control/faults").json() == []


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"Operation": "Nothing", "Status": 500}, "no operation is named 'Nothing'"),
        ({"Operation": "ImageList"}, "nothing goes wrong"),
        ({"Status": 500}, "missing required field"),
        (None, "a fault has an Operation"),
    ],
)
def test_faults_that_make_no_sense(http: httpx.Client, fault: Any, says: str) -> None:
    answer = http.post("/_control/faults", content=json.dumps(fault), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert says in answer.json()["message"]


def test_other_paths_of_the_door_are_not_there(http: httpx.Client) -> None:
    for method, path in (("GET", "/_control/reset"), ("POST", "/_control/"), ("POST", "/_control/nothing")):
        answer = http.request(method, path)
        assert (answer.status_code, answer.json()) == (404, {"message": "page not found"})


def test_a_seed_that_is_wrong_ends_the_command_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text('{"Containers": [{"Image": 3}]}')
    words = [sys.executable, "-m", "engine_api", "serve", "--load", "seed.json", "-H", f"unix://{tmp_path}/s"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, timeout=30)
    expected = "engine-api: seed.json: Containers[0].Image: Expected `str`, got `int`\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)


def test_snapshots_are_gone_back_to_by_name(http: httpx.Client) -> None:
    assert http.post("/_control/snapshot", params={"name": "start"}).status_code == 204
    assert http.post("/v1.44/containers/create?name=more", json={"Image": "busybox", "Cmd": ["true"]}).is_success
    assert http.post("/_control/snapshot", params={"name": "both"}).status_code == 204
    for name, names in (("start", ["/web"]), ("both", ["/more", "/web"]), ("start", ["/web"])):
        assert http.post("/_control/restore", params={"name": name}).status_code == 204
        assert _names(http) == names
    running = http.get("/v1.44/containers/web/json").json()["State"]["Running"]
    assert running, "what ran is started anew"
    answer = http.post("/_control/restore", params={"name": "none"})
    assert (answer.status_code, answer.json()) == (404, {"message": "no snapshot has the name 'none'"})
