"""The docker commands of the pages print what the pages say, on the reference engine."""

import asyncio
import dataclasses
import shutil

import pytest

from engine_api.api.versions import NEWEST
from engine_api.conformance.reference import REFERENCE
from engine_api.conformance.run import Result, run
from engine_api.conformance.sockets import SocketTarget
from engine_api.spec.exchange import Example, examples_of
from engine_api.spec.pages import page, page_names
from engine_api.spec.pattern import Captures, match_text
from engine_api.testing import RunningEngine
from tests.clients.conftest import Docker

EXAMPLES = [
    example for name in page_names() for example in examples_of(page(name, NEWEST)) if example.console is not None
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_commands_print_what_the_page_says(
    example: Example, engine: RunningEngine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    program = shutil.which("docker")
    if program is None:
        pytest.skip("there is no docker command on this machine")
    docker = Docker("/bin/sh", engine.host, tmp_path_factory.mktemp("console"))
    wrong = _wrong(dataclasses.replace(example, steps=()), example, engine, docker)
    if wrong:
        engine.reset()
        after = _wrong(example, example, engine, docker)
        assert not after, f"in place of the exchange: {wrong}\n\nafter it: {after}"


def _wrong(before: Example, example: Example, engine: RunningEngine, docker: Docker) -> str:
    """What the commands print otherwise, once what is before them was done."""
    prepared = asyncio.run(run(before, NEWEST, SocketTarget(engine.host), REFERENCE, clean=False))
    assert prepared.result is Result.HOLDS, prepared.message
    captures: Captures = {}
    assert example.console is not None
    for command, output in example.console.commands:
        done = docker.run("-c", command, timeout=60)
        outputs = (done.stdout, done.stdout + done.stderr)
        printed = [text.decode().replace("\r\n", "\n").rstrip("\n") for text in outputs]
        if not any(match_text(output.rstrip("\n"), text, captures) for text in printed):
            return f"$ {command}\n{printed[1]}\nis not\n{output}"
    return ""
