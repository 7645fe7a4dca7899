"""The directory of a state: who may use it, what is refused, and a disk that takes no more."""

import asyncio
import contextlib
import io
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from docker.errors import APIError

from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.state import Durable, StateError, StateStore
from tests.engines.memory.state.killable import Killable

_LIMITED = """
import resource, sys
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
from engine_api.cli import main
sys.exit(main(sys.argv[1:]))
"""


@contextlib.contextmanager
def served(folder: Path, *options: str) -> Iterator[docker.APIClient]:
    """A client of the command, which has its state and its socket in a folder, and is stopped as people stop it."""
    command = Killable(folder, *options)
    with contextlib.closing(command.start()) as client:
        yield client
    command.stop()


@contextlib.contextmanager
def limited(folder: Path, limit: int) -> Iterator[tuple[docker.APIClient, int]]:
    """The command, whose files cannot grow over a limit; gives a client, and the process."""
    arguments = ["serve", "--host", f"unix://{folder / 'docker.sock'}", "--state", str(folder / "state")]
    with subprocess.Popen(
        [sys.executable, "-c", _LIMITED, str(limit), *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("listening on")
            with contextlib.closing(docker.APIClient(f"unix://{folder / 'docker.sock'}", version="1.44")) as client:
                yield client, process.pid
            process.terminate()
            assert process.wait(30) == 0
        finally:
            process.kill()


def refused(state: Path) -> str:
    """Why a directory cannot be used."""
    with pytest.raises(StateError) as found:
        StateStore(state).close()
    assert "\n" not in str(found.value)
    return str(found.value)


def test_it_is_for_its_owner_only_and_for_one_engine_at_a_time(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with served(tmp_path):
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()} == {0o600}
        assert refused(state) == f"{state}: another engine has its state there"
        done = subprocess.run(
            [sys.executable, "-m", "engine_api", "serve", "--host", f"unix://{tmp_path}/2.sock", "--state", str(state)],
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"engine-api: {state}: another engine has its state there\n"
    StateStore(state).close()


def test_what_is_no_state_of_this_release_is_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    file = state / "state.db"
    file.write_bytes(b"this is a letter, not a database" * 100)
    assert refused(state) == f"{state}: file is not a database"
    assert file.read_bytes() == b"this is a letter, not a database" * 100
    file.unlink()
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA application_id = 7")
        database.execute("CREATE TABLE mine (a)")
        database.commit()
    before = file.read_bytes()
    assert refused(state) == f"{state}: state.db is something else than an engine's state"
    assert file.read_bytes() == before
    file.unlink()
    StateStore(state).close()
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 99")
    assert refused(state) == f"{state}: the state is of format 99; this release reads format 1"


def test_a_state_that_lacks_something_is_refused(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        client.create_container("busybox", ["true"], name="kept")
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "state.db")) as database:
        database.execute("DELETE FROM content")
        database.commit()

    async def run() -> None:
        with StateStore(tmp_path / "state") as store:
            async with MemoryEngine() as engine:
                with pytest.raises(StateError, match="the state cannot be read"):
                    await Durable(engine, store).__aenter__()

    asyncio.run(run())


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refused(tmp_path / "file") == f"{tmp_path / 'file'}: File exists"
    assert refused(tmp_path / "file" / "state") == f"{tmp_path / 'file' / 'state'}: Not a directory"
    if os.getuid():
        (tmp_path / "closed").mkdir(mode=0o500)
        assert refused(tmp_path / "closed") == f"{tmp_path / 'closed'}: Permission denied"
    elif os.path.exists("/proc/self"):
        assert "/proc/self/state: " in refused(Path("/proc/self/state"))


def archive(size: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo(f"file-{size}")
        info.size = size
        tar.addfile(info, io.BytesIO(os.urandom(size)))
    return buffer.getvalue()


def test_a_disk_that_takes_no_more_is_told_and_nothing_that_was_answered_is_lost(tmp_path: Path) -> None:
    """The limit of the size of a file stands for the full disk."""

    def make(client: docker.APIClient, answered: list[str]) -> None:
        for number in range(50):
            client.create_container("busybox", ["true"], name=f"made-{number}")
            client.put_archive(f"made-{number}", "/", archive(200_000))
            answered.append(f"made-{number}")

    with limited(tmp_path, 3_000_000) as (client, pid):
        client.create_container("busybox", ["true"], name="before")
        answered: list[str] = []
        with pytest.raises(APIError) as found:
            make(client, answered)
        assert answered
        assert found.value.response is not None
        assert found.value.response.status_code == 500
        assert list(found.value.response.json()) == ["message"]
        assert found.value.explanation is not None
        assert found.value.explanation.startswith("the state could not be kept: ")
        with pytest.raises(APIError):
            client.create_volume("refused")
        assert "/before" in {name for one in client.containers(all=True) for name in one["Names"]}
        copy = tmp_path / "copy"
        copy.mkdir()
        shutil.copytree(tmp_path / "state", copy / "state")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        client.create_volume("later")
    for folder in (copy, tmp_path):
        with served(folder) as client:
            names = {name for one in client.containers(all=True) for name in one["Names"]}
            assert names >= {"/before", *(f"/{name}" for name in answered)}
            for name in answered:
                assert client.get_archive(name, "/file-200000")[1]["size"] == 200_000
            volumes = [volume["Name"] for volume in client.volumes()["Volumes"] or ()]
            # what was refused was in memory, and was kept with what came later
            assert volumes == (["refused", "later"] if folder == tmp_path else []), (
                "it was in memory, and is kept later"
            )


def test_what_runs_is_stopped_with_the_engine_and_has_time_for_that(tmp_path: Path) -> None:
    script = "trap 'echo bye; exit 3' TERM; echo ready; while true; do sleep 0.05; done"
    with served(tmp_path) as client:
        for name, policy in (("once", "no"), ("again", "unless-stopped")):
            host = client.create_host_config(restart_policy={"Name": policy})
            client.create_container("busybox", ["sh", "-c", script], name=name, host_config=host)
            client.start(name)
            while client.logs(name) != b"ready\n":
                time.sleep(0.01)
    with served(tmp_path) as client:
        assert client.inspect_container("once")["State"]["ExitCode"] == 3
        assert client.logs("once") == b"ready\nbye\n"
        assert client.inspect_container("again")["State"]["Running"]
        client.stop("again")
    with served(tmp_path) as client:
        assert not client.inspect_container("again")["State"]["Running"]


def test_a_second_signal_ends_the_patience(tmp_path: Path) -> None:
    with limited(tmp_path, -1) as (client, pid):
        client.create_container("busybox", ["sleep", "1000"], name="deaf")
        client.start("deaf")
        began = time.monotonic()
        os.kill(pid, signal.SIGINT)
        while (tmp_path / "docker.sock").exists():
            time.sleep(0.01)
    assert time.monotonic() - began < 8
    with served(tmp_path) as client:
        assert client.inspect_container("deaf")["State"]["ExitCode"] == 137


def test_what_is_loaded_is_loaded_once_and_what_the_door_does_is_kept(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text('{"Volumes": [{"Name": "loaded"}]}')
    options = ("--load", str(tmp_path / "seed.json"), "--control")
    with served(tmp_path, *options) as client:
        client.remove_volume("loaded")
    command = Killable(tmp_path, *options)
    with contextlib.closing(command.start()) as client:
        assert not client.volumes()["Volumes"]
        assert client.post(f"{client.base_url}/_control/reset").status_code == 204
        command.kill()
    with served(tmp_path) as client:
        assert [volume["Name"] for volume in client.volumes()["Volumes"]] == ["loaded"]


def test_contents_that_nothing_needs_are_removed(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        client.create_container("busybox", ["true"], name="large")
        client.put_archive("large", "/", archive(4_000_000))
        client.remove_container("large")
    assert (tmp_path / "state" / "state.db").stat().st_size > 4_000_000
    with served(tmp_path):
        pass
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "state.db")) as database:
        (kept,) = database.execute("SELECT coalesce(sum(length(data)), 0) FROM content").fetchone()
    assert kept < 100_000
