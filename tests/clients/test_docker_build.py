"""Builds by unmodified clients: the docker command with its classic builder, and docker-py."""

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest

from engine_api.client import Client, build_context
from tests.clients.conftest import Docker

# docker-py leaves sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


def build(cli: Docker, *arguments: str, input: bytes | None = None) -> "subprocess.CompletedProcess[bytes]":
    """`docker build` with the classic builder."""
    program = ["env", "DOCKER_BUILDKIT=0", cli.program, "build", *arguments]
    return subprocess.run(program, input=input, capture_output=True, env=cli.environment, timeout=60)


@pytest.fixture
def made(docker_cli: Docker, name: str) -> Iterator[str]:
    """The name of an image that goes with the test."""
    yield name
    docker_cli.run("rmi", "-f", name)


def test_the_command_shows_each_step(docker_cli: Docker, made: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM busybox\nCOPY a /a\nRUN cat /a; echo {made} >&2\n")
    (tmp_path / "a").write_text("alpha\n")
    done = build(docker_cli, "-t", made, str(tmp_path))
    assert done.returncode == 0
    assert re.fullmatch(
        r"Sending build context to Docker daemon .*\n"
        r"Step 1/3 : FROM busybox\n ---> [0-9a-f]{12}\n"
        r"Step 2/3 : COPY a /a\n ---> [0-9a-f]{12}\n"
        rf"Step 3/3 : RUN cat /a; echo {made} >&2\n ---> Running in [0-9a-f]{{12}}\n"
        rf"(?:alpha\n|\x1b\[91m{made}\n\x1b\[0m){{2}}"
        r" ---> Removed intermediate container [0-9a-f]{12}\n ---> [0-9a-f]{12}\n"
        rf"Successfully built [0-9a-f]{{12}}\nSuccessfully tagged {made}:latest\n",
        done.stdout.decode(),
    )
    assert docker_cli("run", "--rm", made, "cat", "/a") == "alpha\n"
    again = build(docker_cli, "-t", made, str(tmp_path))
    assert again.stdout.count(b"Using cache") == 2


def test_the_command_chooses_the_classic_builder_itself(docker_cli: Docker, made: str) -> None:
    if b"buildx" in docker_cli.run("info", "--format", "{{range .ClientInfo.Plugins}}{{.Name}} {{end}}").stdout:
        pytest.skip("the docker command has BuildKit of its own here")
    done = docker_cli.run("build", "-t", made, "-", input=b"FROM busybox\n")
    assert b"legacy builder is deprecated" in done.stderr
    assert f"Successfully tagged {made}:latest\n".encode() in done.stdout


def test_the_exit_code_of_a_command_is_that_of_the_build(docker_cli: Docker, name: str) -> None:
    done = build(docker_cli, "--force-rm", "-", input=f"FROM busybox\nRUN : {name}; exit 5\n".encode())
    assert done.returncode == 5
    assert done.stderr.endswith(f"The command '/bin/sh -c : {name}; exit 5' returned a non-zero code: 5\n".encode())


def test_a_mistake_is_told(docker_cli: Docker) -> None:
    done = build(docker_cli, "-", input=b"FROM busybox\nFROBNICATE\n")
    assert done.returncode == 1
    assert b"dockerfile parse error on line 2: unknown instruction: FROBNICATE" in done.stderr


def test_only_the_id(docker_cli: Docker, made: str) -> None:
    done = build(docker_cli, "-q", "-t", made, "-", input=f"FROM busybox\nENV A={made}\n".encode())
    assert re.fullmatch(rb"sha256:[0-9a-f]{64}\n", done.stdout)
    shown = docker_cli("image", "inspect", "--format", "{{.Id}} {{.Config.Env}}", made)
    assert shown.split()[0] == done.stdout.decode().strip()
    assert f"A={made}" in shown


def test_options_of_the_command(docker_cli: Docker, made: str, tmp_path: Path) -> None:
    (tmp_path / "Other").write_text(
        "ARG BASE=nothing\nFROM $BASE AS one\nARG X\nRUN echo $X > /x\nFROM one AS two\nRUN false\n"
    )
    options = ["--build-arg", "BASE=busybox", "--build-arg", f"X={made}", "--label", "k=v", "--target", "one"]
    done = build(
        docker_cli,
        "-t",
        made,
        "-f",
        str(tmp_path / "Other"),
        *options,
        "--iidfile",
        str(tmp_path / "id"),
        str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert docker_cli("image", "inspect", "--format", "{{.Id}} {{.Config.Labels.k}}", made).split() == [
        (tmp_path / "id").read_text(),
        "v",
    ]
    assert docker_cli("run", "--rm", made, "cat", "/x") == f"{made}\n"


def test_prune(docker_cli: Docker) -> None:
    assert docker_cli("builder", "prune", "--force", "--filter", "id=no-such-record") == "Total reclaimed space: 0B\n"


IGNORED = (
    "*.log\n!keep.log\n",
    "/a\nb/\n",
    "**/c\n",
    "*\n!a/c\n",
    "a/*\n!a/b\n",
    "**\n!**/*.log\n",
    "# nothing\n\n  b/c  \n./d.log\n",
    "[ab]/c\na?c\n",
    "b/**/x\n",
    "../a\n!b\n",
    "Dockerfile\n.dockerignore\n",
    "a\n!a/c/x\na/c/x\n",
)


@pytest.mark.parametrize("rules", IGNORED)
def test_a_folder_becomes_the_context_that_the_command_sends(
    docker_cli: Docker, docker_host: str, name: str, rules: str, tmp_path: Path
) -> None:
    files = ("a/b/x", "a/c/x", "a/keep.log", "b/c/x", "b/c/d/x", "b/x", "c/x", "abc", "d.log", "keep.log")
    for path in files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "Dockerfile").write_text(f"FROM busybox\nCOPY . /c\nRUN cd /c && find . | sort; : {name}\n")
    (tmp_path / ".dockerignore").write_text(rules)
    theirs = build(docker_cli, "--force-rm", "--no-cache", str(tmp_path))
    assert theirs.returncode == 0, theirs.stderr
    with Client(docker_host) as client:
        messages = client.builder.build(context=build_context(tmp_path), no_cache=True, force_remove=True)
        ours = "".join(str(message.stream) for message in messages if message.stream)
    assert listing(ours) == listing(theirs.stdout.decode())


def listing(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("./") or line == "."]


@pytest.fixture
def client(docker_host: str) -> Iterator[Any]:
    client = docker.DockerClient(base_url=docker_host, timeout=30)
    yield client
    client.close()


def test_docker_py_builds(client: Any, made: str) -> None:
    dockerfile = io.BytesIO(f"FROM busybox\nARG X\nENV OF=$X\nRUN echo {made}\n".encode())
    image, log = client.images.build(
        fileobj=dockerfile, tag=made, rm=True, buildargs={"X": "python"}, labels={"a": "b"}
    )
    assert f"{made}:latest" in image.tags
    assert image.labels == {"a": "b"}
    assert "OF=python" in image.attrs["Config"]["Env"]
    assert f"{made}\n" in "".join(line.get("stream", "") for line in log)


def test_docker_py_builds_a_folder(client: Any, made: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM busybox\nCOPY . /c\n")
    (tmp_path / "a.txt").write_text("alpha")
    (tmp_path / "left").write_text("out")
    (tmp_path / ".dockerignore").write_text("left\n")
    client.images.build(path=str(tmp_path), tag=made, rm=True)
    assert client.containers.run(made, ["ls", "/c"], remove=True) == b"Dockerfile\na.txt\n"


def test_docker_py_raises_what_fails(client: Any, name: str) -> None:
    dockerfile = io.BytesIO(f"FROM busybox\nRUN : {name}; exit 3\n".encode())
    with pytest.raises(docker.errors.BuildError, match="returned a non-zero code: 3") as caught:
        client.images.build(fileobj=dockerfile, forcerm=True)
    assert "Step 2/2" in "".join(line.get("stream", "") for line in caught.value.build_log)


def test_docker_py_prunes(client: Any) -> None:
    assert client.api.prune_builds(filters={"id": "no-such-record"}) == {"CachesDeleted": None, "SpaceReclaimed": 0}
