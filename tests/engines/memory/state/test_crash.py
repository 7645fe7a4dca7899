"""What was answered is there after a crash, and nothing is half there."""

import contextlib
import io
import json
import os
import random
import sqlite3
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import requests
import urllib3
from docker.errors import APIError

from tests.engines.memory.state.killable import Killable

KILLS = int(os.environ.get("ENGINE_API_TEST_KILLS", "40"))

State = dict[str, Any]


def archive(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def content(client: docker.APIClient, container: str, path: str) -> bytes | None:
    try:
        pieces, _ = client.get_archive(container, path)
    except APIError as error:
        assert error.response is not None
        assert error.response.status_code == 404
        return None
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as tar:
        file = tar.extractfile(tar.getmembers()[0])
        assert file is not None
        return file.read()


class Worker:
    """Changes what belongs to it, one operation after the other, and knows what it was told.

    `told` is what must be there; while an operation has no answer, `hoped` is what may be there instead.
    """

    def __init__(self, number: int, seed: int) -> None:
        self.name = f"w{number}"
        self.random = random.Random(seed)
        self.told: State = {"containers": {}, "volumes": {}, "networks": {}, "tags": {}, "pulled": []}
        self.hoped: State | None = None
        self.running: set[str] = set()
        self.refusal = ""
        self.count = 0
        self.answers = 0

    def run(self, client: docker.APIClient) -> None:
        """Work until the engine is gone; a refusal is none that was foreseen."""
        self.running.clear()
        try:
            while True:
                self.random.choice(self.steps)(self, client)
        except APIError as error:
            self.refusal = str(error)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError):
            return

    @contextlib.contextmanager
    def hope(self) -> Iterator[State]:
        hoped: State = json.loads(json.dumps(self.told))
        self.hoped = hoped
        yield hoped
        self.told, self.hoped = hoped, None
        self.answers += 1

    def new(self) -> str:
        self.count += 1
        return f"{self.name}-{self.count}"

    def one(self, kind: str) -> str | None:
        return self.random.choice(sorted(self.told[kind])) if self.told[kind] else None

    # What it does; the state is changed before the request, and counts when that is answered

    def create(self, client: docker.APIClient) -> None:
        name = self.new()
        with self.hope() as hoped:
            hoped["containers"][name] = {"ran": False, "files": {}, "networks": ["bridge"], "label": name}
            client.create_container("busybox", ["sleep", "1000"], name=name, labels={"worker": self.name, "of": name})

    def start(self, client: docker.APIClient) -> None:
        if name := self.one("containers"):
            with self.hope() as hoped:
                hoped["containers"][name]["ran"] = True
                client.start(name)
            self.running.add(name)

    def write(self, client: docker.APIClient) -> None:
        name = self.one("containers")
        if name and self.told["containers"][name]["ran"]:
            text = self.new() * self.random.choice((1, 50, 5000))
            with self.hope() as hoped:
                hoped["containers"][name]["files"]["/put"] = text
                client.put_archive(name, "/", archive("put", text.encode()))

    def execute(self, client: docker.APIClient) -> None:
        name = self.one("containers")
        if name in self.running:
            text = self.new() * self.random.choice((1, 20))
            with self.hope() as hoped:
                hoped["containers"][name]["files"]["/exec"] = f"{text}\n"
                made = client.exec_create(name, ["sh", "-c", f"echo {text} > /exec; echo done"])["Id"]
                if client.exec_start(made) != b"done\n":
                    raise OSError("it broke off")

    def rename(self, client: docker.APIClient) -> None:
        if name := self.one("containers"):
            new = self.new()
            with self.hope() as hoped:
                hoped["containers"][new] = hoped["containers"].pop(name)
                client.rename(name, new)
            if name in self.running:
                self.running.add(new)

    def remove(self, client: docker.APIClient) -> None:
        if len(self.told["containers"]) > 2 and (name := self.one("containers")):
            with self.hope() as hoped:
                del hoped["containers"][name]
                client.remove_container(name, force=True)

    def volume(self, client: docker.APIClient) -> None:
        name = self.new()
        with self.hope() as hoped:
            hoped["volumes"][name] = {"of": self.name}
            client.create_volume(name, labels={"of": self.name})

    def remove_volume(self, client: docker.APIClient) -> None:
        if name := self.one("volumes"):
            with self.hope() as hoped:
                del hoped["volumes"][name]
                client.remove_volume(name)

    def network(self, client: docker.APIClient) -> None:
        if len(self.told["networks"]) < 3:
            name = self.new()
            with self.hope() as hoped:
                hoped["networks"][name] = {}
                client.create_network(name, labels={"of": self.name})

    def connect(self, client: docker.APIClient) -> None:
        name, network = self.one("containers"), self.one("networks")
        if name and network and network not in self.told["containers"][name]["networks"]:
            with self.hope() as hoped:
                hoped["containers"][name]["networks"].append(network)
                client.connect_container_to_network(name, network)

    def disconnect(self, client: docker.APIClient) -> None:
        name = self.one("containers")
        if name and len(self.told["containers"][name]["networks"]) > 1:
            with self.hope() as hoped:
                client.disconnect_container_from_network(name, hoped["containers"][name]["networks"].pop())

    def import_image(self, client: docker.APIClient) -> None:
        if len(self.told["pulled"]) < 8:
            name = self.new()
            with self.hope() as hoped:
                hoped["pulled"].append(name)
                client.import_image_from_data(archive("file", name.encode()), repository=name, tag="1")

    def tag(self, client: docker.APIClient) -> None:
        name = self.new()
        with self.hope() as hoped:
            hoped["tags"][name] = "busybox"
            client.tag("busybox", name, "1")

    def untag(self, client: docker.APIClient) -> None:
        if name := self.one("tags"):
            with self.hope() as hoped:
                del hoped["tags"][name]
                client.remove_image(f"{name}:1")

    def pull(self, client: docker.APIClient) -> None:
        if len(self.told["pulled"]) < 8:
            name = self.new()
            with self.hope() as hoped:
                hoped["pulled"].append(name)
                client.pull(f"{name}:1")

    def build(self, client: docker.APIClient) -> None:
        if len(self.told["tags"]) < 12:
            name = self.new()
            dockerfile = f"FROM busybox\nRUN echo {name} > /made\nLABEL of={name}\n"
            with self.hope() as hoped:
                hoped["tags"][name] = "built"
                context = io.BytesIO(archive("Dockerfile", dockerfile.encode()))
                for message in client.build(fileobj=context, custom_context=True, tag=f"{name}:1", decode=True):
                    assert "error" not in message, message

    steps: tuple[Callable[["Worker", docker.APIClient], None], ...] = (
        create,
        create,
        start,
        start,
        write,
        execute,
        rename,
        remove,
        volume,
        remove_volume,
        network,
        connect,
        disconnect,
        import_image,
        tag,
        untag,
        pull,
        build,
    )

    # What is there

    def seen(self, client: docker.APIClient) -> State:
        """What of it there is, as `told` has it."""
        found: State = {"containers": {}, "volumes": {}, "networks": {}, "tags": {}, "pulled": []}
        for row in client.containers(all=True, filters={"label": f"worker={self.name}"}):
            one = client.inspect_container(row["Id"])
            name = one["Name"].removeprefix("/")
            held = {path: content(client, row["Id"], path) for path in ("/put", "/exec")}
            files = {path: text.decode() for path, text in held.items() if text is not None}
            assert one["State"]["Status"] in ("created", "exited"), "nothing is started again by itself"
            ran = one["State"]["StartedAt"] != "0001-01-01T00:00:00Z"
            assert not ran or one["State"]["ExitCode"] == 255
            networks = list(one["NetworkSettings"]["Networks"])
            label = one["Config"]["Labels"]["of"]
            found["containers"][name] = {"ran": ran, "files": files, "networks": networks, "label": label}
        for volume in client.volumes(filters={"label": f"of={self.name}"})["Volumes"]:
            found["volumes"][volume["Name"]] = volume["Labels"]
        for network in client.networks(filters={"label": f"of={self.name}"}):
            found["networks"][network["Name"]] = {}
        for image in client.images():
            for tag in image["RepoTags"] or ():
                name = tag.removesuffix(":1")
                if name.startswith(f"{self.name}-"):
                    if (image["Labels"] or {}).get("of") == name:
                        found["tags"][name] = "built"
                    elif "busybox:latest" in image["RepoTags"]:
                        found["tags"][name] = "busybox"
                    else:
                        found["pulled"].append(name)
        return found

    def check(self, client: docker.APIClient) -> None:
        """See that all it was told is there, and that what it was not told is there in full or not at all."""
        seen = _sorted(self.seen(client))
        told = _sorted(self.told)
        if self.hoped is not None and seen == _sorted(self.hoped):
            self.told = self.hoped
        else:
            assert seen == told, f"hoped for {self.hoped}"
        self.hoped = None
        for name in list(self.told["tags"]):
            if self.told["tags"][name] == "built" and self.random.random() < 0.2:
                made = client.create_container(f"{name}:1", ["true"])["Id"]
                assert content(client, made, "/made") == f"{name}\n".encode()
                client.remove_container(made)


def _sorted(state: State) -> State:
    found: State = json.loads(json.dumps(state))
    found["pulled"].sort()
    for container in found["containers"].values():
        container["networks"].sort()
    return found


def wait_for(workers: list[Worker], more: int) -> None:
    """Let them get so many more answers, which takes as long as the machine needs for that."""
    wanted, until = sum(worker.answers for worker in workers) + more, time.monotonic() + 5
    while sum(worker.answers for worker in workers) < wanted and time.monotonic() < until:
        time.sleep(0.001)


def sound(state: Path) -> None:
    """The database is whole."""
    with contextlib.closing(sqlite3.connect(state / "state.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_it_keeps_what_it_answered(tmp_path: Path, seed: int) -> None:
    # docker-py leaves the sockets open of answers that were cut off, hence the filters
    served = Killable(tmp_path)
    moment = random.Random(seed)
    workers = [Worker(number, seed * 100 + number) for number in range(3)]
    unanswered = 0
    for _ in range(KILLS // 4):
        client = served.start()
        for worker in workers:
            worker.check(client)
        client.close()
        threads = [threading.Thread(target=worker.run, args=(served.client(),)) for worker in workers]
        for thread in threads:
            thread.start()
        wait_for(workers, moment.randrange(12))
        threads[0].join(moment.uniform(0.0, 0.02))
        served.kill()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        assert not any(worker.refusal for worker in workers), [worker.refusal for worker in workers]
        unanswered += sum(worker.hoped is not None for worker in workers)
        sound(served.state)
    client = served.start()
    for worker in workers:
        worker.check(client)
    client.close()
    served.stop()
    assert sum(worker.answers for worker in workers) > KILLS // 4
    assert unanswered, "it was never killed amid an operation"
