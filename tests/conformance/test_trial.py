"""Examples as readers run them, in one process and without sockets."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from engine_api.api.versions import NEWEST
from engine_api.conformance.check import plan
from engine_api.conformance.inprocess import InProcess
from engine_api.conformance.reference import REFERENCE
from engine_api.conformance.run import Outcome, Result, run
from engine_api.conformance.trial import example_named, requests_of, trial
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.machine.clock import LoopClock
from engine_api.engines.memory.machine.virtual_time import VirtualTimeLoop
from engine_api.server import app


def told(name: str, version: str, requests: Sequence[str] | None = None) -> list[dict[str, Any]]:
    async def gather() -> list[dict[str, Any]]:
        return [event async for event in trial(name, version, requests)]

    return asyncio.run(gather())


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def test_an_exchange() -> None:
    events = told("containers#list-running", "1.44")
    assert kinds(events) == ["given", "request", "answer", "got", "verdict", "result"]
    assert events[1]["text"].startswith("GET /v1.44/containers/json?filters=")
    assert events[2]["status"] == 200
    assert events[-1]["result"] == "holds"


def test_a_stream_comes_piece_by_piece() -> None:
    pieces = [event for event in told("containers#logs-both", "1.55") if event["event"] == "got"]
    assert [(piece["stream"], piece["text"]) for piece in pieces] == [("stdout", "out\n"), ("stderr", "err\n")]


def test_a_connection_that_is_taken_over_has_both_directions() -> None:
    events = told("exec#start-input", "1.24")
    assert [(one["event"], one.get("text")) for one in events if one["event"] in ("sent", "got", "end")] == [
        ("sent", "hello\n"),
        ("got", "hello\n"),
        ("end", None),
    ]


def test_a_changed_request_is_sent_and_what_differs_is_told() -> None:
    events = told("containers#list-running", "1.44", ["GET /containers/nothing/json"])
    verdict = next(event for event in events if event["event"] == "verdict")
    assert not verdict["holds"]
    assert "status 200 is expected, not 404" in verdict["problems"]
    assert "+404 Not Found" in verdict["difference"]
    assert events[-1]["result"] == "fails"


def test_a_request_that_is_none_is_told() -> None:
    events = told("containers#list-running", "1.44", ["nonsense"])
    assert events[-1] == {
        "event": "result",
        "result": "fails",
        "message": "'nonsense' begins neither a request nor an answer",
    }


def test_after_what_differs_the_rest_still_runs() -> None:
    first, *rest = requests_of(example_named("containers#start-ok", NEWEST))
    events = told("containers#start-ok", "1.55", [first.replace("/start", "/pause"), *rest])
    assert kinds(events).count("answer") == 1 + len(rest)
    assert not next(event["holds"] for event in events if event["event"] == "verdict")


@pytest.mark.parametrize("name", ["containers#no-such", "nothing#at-all", "v1.99/changes#x", ""])
def test_an_example_that_is_not_there(name: str) -> None:
    with pytest.raises(KeyError):
        told(name, "1.44")


def test_every_example_runs_without_sockets() -> None:
    """All of the newest version, as a browser runs them."""

    async def scenario(example: Any) -> Outcome:
        async with MemoryEngine(clock=LoopClock(), seed=1) as engine:
            return await run(example, NEWEST, InProcess(app(engine)), REFERENCE, clean=False)

    for example, _ in plan([NEWEST]):
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            outcome = runner.run(scenario(example))
        assert outcome.result is Result.HOLDS, outcome.message


def test_what_a_browser_lacks_is_not_needed() -> None:
    lacking = ("httptools", "ssl", "httpx", "uvloop", "multiprocessing", "mkdocs", "pytest", "shtab")
    code = f"import sys\nfor name in {lacking!r}: sys.modules[name] = None\nimport engine_api.conformance.trial"
    subprocess.run([sys.executable, "-c", code], check=True)
