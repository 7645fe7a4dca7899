"""The docker command's way with images (each test was run on docker 28.5 too, but for those that need a registry)."""

import io
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import REGISTRY, Docker, needs_hub, needs_registry

SAVED = Path(__file__).parents[1] / "data" / "saved"


@pytest.fixture
def docker(docker_cli: Docker, name: str) -> Iterator[Docker]:
    yield docker_cli
    docker_cli.run("rm", "-fv", name)
    for line in docker_cli("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
        if name in line:
            docker_cli("rmi", "-f", line)


def committed(docker: Docker, name: str, *options: str) -> str:
    """An image with a file more than busybox has; gives its ID."""
    docker("run", "--name", name, "busybox", "sh", "-c", "echo hi > /greeting")
    return docker("commit", *options, name, f"{name}:made").strip()


def test_tag_gives_a_name_more(docker: Docker, name: str) -> None:
    docker("tag", "busybox", f"{name}:a")
    assert f"{name}:a" in json.loads(docker("image", "inspect", "busybox"))[0]["RepoTags"]
    assert docker("rmi", f"{name}:a") == f"Untagged: {name}:a\n"
    done = docker.run("tag", f"{name}:a", f"{name}:b")
    assert (done.returncode, b"No such image" in done.stderr) == (1, True)


def test_history_shows_the_steps(docker: Docker, name: str) -> None:
    identifier = committed(docker, name, "-m", "a note")
    lines = docker("history", "--no-trunc", "--format", "{{.ID}}|{{.CreatedBy}}|{{.Size}}|{{.Comment}}", f"{name}:made")
    first, *others = lines.splitlines()
    assert first == f"{identifier}|sh -c echo hi > /greeting|3B|a note"
    assert others
    assert docker("history", "-q", f"{name}:made").splitlines()[0] == identifier[7:19]


def test_commit_makes_an_image_that_runs(docker: Docker, name: str) -> None:
    identifier = committed(docker, name, "-a", "me", "-c", "CMD cat /greeting", "-c", "LABEL of=test")
    assert re.fullmatch("sha256:[0-9a-f]{64}", identifier)
    found = json.loads(docker("image", "inspect", f"{name}:made"))[0]
    assert (found["Id"], found["Author"], found["Config"]["Labels"]) == (identifier, "me", {"of": "test"})
    docker("rm", name)
    assert docker("run", "--rm", f"{name}:made") == "hi\n"


def test_save_and_load_keep_the_image(docker: Docker, name: str, tmp_path: Path) -> None:
    identifier = committed(docker, name)
    docker("rm", name)
    docker("tag", f"{name}:made", f"{name}:other")
    path = str(tmp_path / "saved.tar")
    docker("save", "-o", path, f"{name}:made", f"{name}:other", "busybox")
    docker("rmi", f"{name}:made", f"{name}:other")
    said = docker("load", "-i", path).splitlines()
    assert sorted(said) == ["Loaded image: busybox:latest", f"Loaded image: {name}:made", f"Loaded image: {name}:other"]
    assert docker("image", "inspect", "--format", "{{.Id}}", f"{name}:other").strip() == identifier
    assert docker("run", "--rm", "--name", name, f"{name}:made", "cat", "/greeting") == "hi\n"


def test_save_goes_to_a_pipe_and_load_comes_from_one(docker: Docker, name: str) -> None:
    docker("tag", "busybox", f"{name}:a")
    saved = docker.run("save", f"{name}:a").stdout
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
        assert {"index.json", "manifest.json", "oci-layout", "repositories"} <= set(archive.getnames())
    assert docker("load", "-q", input=saved) == f"Loaded image: {name}:a\n"


@pytest.mark.parametrize("saved", ["docker-20.10", "docker-26.1", "docker-28.5"])
def test_load_takes_what_engines_saved(docker: Docker, saved: str) -> None:
    said = docker("load", "-i", str(SAVED / f"{saved}.tar.gz")).splitlines()
    try:
        assert sorted(said) == ["Loaded image: saved:1", "Loaded image: saved:2"]
        assert docker("history", "--format", "{{.Comment}}", "saved:2").splitlines() == ["second", "Imported from -"]
    finally:
        docker("rmi", "-f", "saved:2", "saved:1")


def test_load_says_what_is_wrong(docker: Docker, name: str) -> None:
    done = docker.run("load", input=b"this is no archive" * 100)
    assert (done.returncode, b"archive/tar: invalid tar header" in done.stderr) == (1, True)
    done = docker.run("save", f"{name}:none")
    assert (done.returncode, b"reference does not exist" in done.stderr) == (1, True)


def test_prune_removes_what_has_no_name_and_no_container(docker: Docker, name: str) -> None:
    identifier = committed(docker, name, "-c", f"LABEL of={name}")
    docker("tag", "busybox", f"{name}:made")  # the name leaves the image
    said = docker("image", "prune", "-f", "--filter", f"label=of={name}")
    assert f"deleted: {identifier}" in said
    assert said.endswith("Total reclaimed space: 3B\n")


def test_prune_of_all_removes_names_too(docker: Docker, name: str) -> None:
    committed(docker, name, "-c", f"LABEL of={name}")
    assert "untagged" not in docker("image", "prune", "-f", "--filter", f"label=of={name}")
    said = docker("image", "prune", "-af", "--filter", f"label=of={name}")
    assert f"untagged: {name}:made\n" in said


@needs_registry
def test_push_and_pull(docker: Docker, name: str) -> None:
    identifier = committed(docker, name)
    reference = f"{REGISTRY}/{name}:1"
    docker("tag", f"{name}:made", reference)
    said = docker("push", reference)
    assert f"The push refers to repository [{REGISTRY}/{name}]\n" in said
    digest = re.search(r"^1: digest: (sha256:[0-9a-f]{64}) size: \d+$", said, re.MULTILINE)
    assert digest
    assert "Layer already exists" in docker("push", reference)
    assert docker("rmi", reference).splitlines() == [
        f"Untagged: {reference}",
        f"Untagged: {REGISTRY}/{name}@{digest[1]}",
    ]
    assert f"Digest: {digest[1]}\n" in docker("pull", reference)
    assert docker("image", "inspect", "--format", "{{.Id}}", reference).strip() == identifier


@needs_registry
def test_push_of_what_is_not_there_fails(docker: Docker, name: str) -> None:
    done = docker.run("push", f"{REGISTRY}/{name}:1")
    assert done.returncode == 1
    assert f"An image does not exist locally with the tag: {REGISTRY}/{name}".encode() in done.stderr
    done = docker.run("pull", f"{REGISTRY}/{name}:1")
    assert (done.returncode, b"not found: manifest unknown" in done.stderr) == (1, True)


@needs_registry
def test_login_and_logout(docker: Docker) -> None:
    said = docker("login", "-u", "user", "--password-stdin", REGISTRY, input=b"secret")
    assert "Login Succeeded" in said
    assert f"Removing login credentials for {REGISTRY}\n" in docker("logout", REGISTRY)


@needs_hub
def test_search_finds_official_images(docker: Docker) -> None:
    lines = docker("search", "--format", "{{.Name}} {{.IsOfficial}}", "--filter", "is-official=true", "alpine")
    assert lines.splitlines()[0] == "alpine [OK]"
    done = docker.run("search", "--limit", "101", "alpine")
    assert (done.returncode, b"is outside the range of [1, 100]" in done.stderr) == (1, True)


def test_manifest_like_things_by_platform(docker: Docker, name: str) -> None:
    docker("tag", "busybox", f"{name}:a")
    for command in (("history",), ("save",)):
        done = docker.run(*command, "--platform", "linux/s390x", f"{name}:a")
        assert done.returncode == 1
        assert b"linux/s390x" in done.stderr
