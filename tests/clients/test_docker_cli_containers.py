"""The docker command on containers that are there: each test was run on docker 28.5 too."""

import io
import os
import re
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import Docker


@pytest.fixture
def docker(docker_cli: Docker, name: str) -> Iterator[Docker]:
    yield docker_cli
    docker_cli.run("rm", "-fv", name)


def state(docker: Docker, name: str, what: str) -> str:
    return docker("inspect", "--format", "{{" + what + "}}", name).strip()


def test_restart_starts_it_anew(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sh", "-c", "echo up; sleep 1000")
    before = state(docker, name, ".State.StartedAt")
    assert docker("restart", "-t", "0", name) == f"{name}\n"
    assert state(docker, name, ".State.StartedAt") > before
    assert state(docker, name, ".State.Running") == "true"
    assert docker("logs", name) == "up\nup\n"


def test_restart_keeps_one_that_removes_itself(docker: Docker, name: str) -> None:
    docker("run", "-d", "--rm", "--name", name, "busybox", "sleep", "1000")
    docker("restart", "-t", "0", name)
    assert state(docker, name, ".State.Running") == "true"
    docker("kill", name)
    for _ in range(100):
        if docker.run("inspect", name).returncode:
            return
        time.sleep(0.05)
    raise AssertionError("it is still there")


def test_pause_and_unpause(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sh", "-c", "while :; do echo tick; sleep 0.05; done")
    docker("pause", name)
    assert docker("ps", "--filter", f"name={name}", "--format", "{{.Status}}").strip().endswith("(Paused)")
    time.sleep(0.2)
    frozen = docker("logs", name)
    time.sleep(0.4)
    assert docker("logs", name) == frozen
    refused = docker.run("exec", name, "true")
    assert refused.returncode == 1
    assert b"is paused, unpause the container before exec" in refused.stderr
    docker("unpause", name)
    for _ in range(100):
        if len(docker("logs", name)) > len(frozen):
            return
        time.sleep(0.05)
    raise AssertionError("it did not go on")


def test_kill_of_a_paused_container(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sleep", "1000")
    docker("pause", name)
    docker("kill", name)
    assert docker("wait", name) == "137\n"


def test_rename(docker: Docker, name: str) -> None:
    docker("create", "--name", f"{name}-old", "busybox", "true")
    docker("rename", f"{name}-old", name)
    assert state(docker, name, ".Name") == f"/{name}"
    assert docker.run("inspect", f"{name}-old").returncode == 1


def test_rename_to_a_name_that_is_taken(docker: Docker, name: str) -> None:
    docker("create", "--name", name, "busybox", "true")
    other = docker("create", "busybox", "true").strip()
    try:
        refused = docker.run("rename", other, name)
        assert refused.returncode == 1
        assert f'The container name "/{name}" is already in use'.encode() in refused.stderr
    finally:
        docker("rm", other)


def test_update_changes_what_is_given(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sleep", "1000")
    assert docker("update", "--cpu-shares", "512", "--restart", "on-failure:3", name) == f"{name}\n"
    docker("update", "--memory", "64m", "--memory-swap", "128m", name)
    host = ".HostConfig"
    assert state(docker, name, f"{host}.CpuShares") == "512"
    assert state(docker, name, f"{host}.Memory") == str(64 * 1024**2)
    assert state(docker, name, f"{host}.RestartPolicy.Name") == "on-failure"
    assert state(docker, name, f"{host}.RestartPolicy.MaximumRetryCount") == "3"
    assert b"memoryswap" in docker.run("update", "--memory", "1g", name).stderr


def test_top_lists_the_processes(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sleep", "1000")
    title, row = docker("top", name).splitlines()
    assert title.split() == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    assert row.split()[0] == "root"
    assert row.endswith("sleep 1000")
    title, row = docker("top", name, "-o", "pid,comm").splitlines()
    assert title.split() == ["PID", "COMMAND"]
    assert re.fullmatch(r"\d+ +sleep *", row)
    assert state(docker, name, ".State.Pid") == row.split()[0]


def test_top_of_one_that_does_not_run(docker: Docker, name: str) -> None:
    docker("create", "--name", name, "busybox", "true")
    assert b"is not running" in docker.run("top", name).stderr


def test_stats_without_a_stream(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "--memory", "64m", "busybox", "sleep", "1000")
    form = "{{.Name}} {{.PIDs}} {{.MemUsage}} {{.CPUPerc}}"
    shown = docker("stats", "--no-stream", "--format", form, name)
    assert re.fullmatch(rf"{name} 1 [\d.]+[KM]?i?B / 64MiB [\d.]+%\n", shown)


def test_diff(docker: Docker, name: str) -> None:
    script = "echo new > /new; rm -r /home; chmod 600 /etc/passwd; mkdir -p /deep/er"
    docker("run", "--name", name, "busybox", "sh", "-c", script)
    assert sorted(docker("diff", name).splitlines()) == [
        "A /deep",
        "A /deep/er",
        "A /new",
        "C /etc",
        "C /etc/passwd",
        "D /home",
    ]


def test_cp_out_of_a_container(docker: Docker, name: str, tmp_path: Path) -> None:
    script = "mkdir /box; echo one > /box/one; ln -s one /box/two; chmod 750 /box"
    docker("run", "--name", name, "busybox", "sh", "-c", script)
    docker("cp", f"{name}:/box", str(tmp_path))
    assert (tmp_path / "box" / "one").read_text() == "one\n"
    assert os.readlink(tmp_path / "box" / "two") == "one"
    assert (tmp_path / "box").stat().st_mode & 0o777 == 0o750
    docker("cp", "-L", f"{name}:/box/two", str(tmp_path / "followed"))
    assert (tmp_path / "followed").read_text() == "one\n"
    docker("cp", f"{name}:/box/.", str(tmp_path / "contents"))
    assert (tmp_path / "contents" / "one").read_text() == "one\n"
    missing = docker.run("cp", f"{name}:/nothing", str(tmp_path))
    assert missing.returncode == 1
    assert f"Could not find the file /nothing in container {name}".encode() in missing.stderr


def test_cp_into_a_container(docker: Docker, name: str, tmp_path: Path) -> None:
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    (tmp_path / "tree" / "sub" / "file").write_text("content\n")
    (tmp_path / "tree" / "link").symlink_to("sub/file")
    docker("run", "-d", "--name", name, "busybox", "sleep", "1000")
    docker("cp", str(tmp_path / "tree"), f"{name}:/tmp")
    assert docker("exec", name, "cat", "/tmp/tree/link") == "content\n"
    docker("cp", str(tmp_path / "tree" / "sub" / "file"), f"{name}:/tmp/renamed")
    assert docker("exec", name, "cat", "/tmp/renamed") == "content\n"
    docker("exec", name, "sh", "-c", "mkdir /real; ln -s /real /door")
    docker("cp", str(tmp_path / "tree" / "sub" / "file"), f"{name}:/door")
    assert docker("exec", name, "cat", "/real/file") == "content\n"
    refused = docker.run("cp", str(tmp_path / "tree"), f"{name}:/tmp/renamed")
    assert refused.returncode == 1
    assert b"cannot copy" in refused.stderr


def test_cp_of_archives_by_standard_streams(docker: Docker, name: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("owned")
        info.size, info.uid, info.gid = 3, 1000, 1000
        archive.addfile(info, io.BytesIO(b"mine"[:3]))
    docker("create", "--name", name, "busybox", "true")
    docker("cp", "-", f"{name}:/tmp", input=buffer.getvalue())
    packed = docker.run("cp", f"{name}:/tmp/owned", "-").stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        (member,) = archive.getmembers()
        assert (member.name, member.size, member.uid, member.gid) == ("owned", 3, 1000, 1000)


def test_cp_between_a_container_and_its_volume(docker: Docker, name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept\n")
    docker("run", "-d", "--name", name, "-v", "/data", "busybox", "sleep", "1000")
    docker("cp", str(tmp_path / "file"), f"{name}:/data/")
    assert docker("exec", name, "cat", "/data/file") == "kept\n"
    assert docker("diff", name) == "A /data\n"


def test_export_and_import(docker: Docker, name: str, tmp_path: Path) -> None:
    docker("run", "--name", name, "-v", "/data", "busybox", "sh", "-c", "echo in > /data/volume; echo own > /own")
    docker("export", "-o", str(tmp_path / "all.tar"), name)
    with tarfile.open(tmp_path / "all.tar") as archive:
        names = archive.getnames()
        own = archive.extractfile("own")
        assert own is not None
        assert own.read() == b"own\n"
    assert "data" in names
    assert "data/volume" not in names
    assert ".dockerenv" in names
    try:
        docker("import", str(tmp_path / "all.tar"), name)
        assert docker("run", "--rm", name, "cat", "/own") == "own\n"
    finally:
        docker.run("rmi", "-f", name)


def test_container_prune_by_label(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "--label", f"of={name}", "busybox", "sleep", "1000")
    gone = docker("create", "--label", f"of={name}", "busybox", "true").strip()
    shown = docker("container", "prune", "-f", "--filter", f"label=of={name}")
    assert shown.startswith(f"Deleted Containers:\n{gone}\n")
    assert "Total reclaimed space: 0B" in shown
    assert state(docker, name, ".State.Running") == "true"


def test_a_restart_policy_counts(docker: Docker, name: str) -> None:
    docker("run", "-d", "--restart", "on-failure:2", "--name", name, "busybox", "sh", "-c", "echo try; exit 3")
    for _ in range(200):
        if state(docker, name, ".State.Status") == "exited":
            break
        time.sleep(0.05)
    assert state(docker, name, ".RestartCount") == "2"
    assert state(docker, name, ".State.ExitCode") == "3"
    assert docker("logs", name) == "try\n" * 3


def test_a_health_check(docker: Docker, name: str) -> None:
    options = ("--health-cmd", "test -e /ok", "--health-interval", "100ms", "--health-retries", "2")
    docker("run", "-d", "--name", name, *options, "busybox", "sleep", "1000")
    assert state(docker, name, ".State.Health.Status") in ("starting", "unhealthy")
    _until_health(docker, name, "unhealthy")
    docker("exec", name, "touch", "/ok")
    _until_health(docker, name, "healthy")
    assert docker("ps", "--filter", f"name={name}", "--format", "{{.Status}}").strip().endswith("(healthy)")
    assert docker("ps", "-q", "--filter", f"name={name}", "--filter", "health=healthy").strip()


def _until_health(docker: Docker, name: str, wanted: str) -> None:
    for _ in range(200):
        if state(docker, name, ".State.Health.Status") == wanted:
            return
        time.sleep(0.05)
    raise AssertionError(f"it did not become {wanted}")
