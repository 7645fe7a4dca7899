"""Builds answer what docker's classic builder answered; see scripts/record_builds.py."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.record_builds import BASE, build
from tests.serving import Served, serving

RECORDED: list[dict[str, Any]] = json.loads((Path(__file__).parents[4] / "data" / "builds.json").read_text("utf-8"))
UNREACHABLE = re.compile(r'(Get \\".*?\\"): [^"]*')
"""What an engine says that has no network; how it says so is its own."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving([f"unix://{tmp_path_factory.mktemp('builds')}/engine.sock"], catalogue=["busybox"]) as found:
        yield found


class Names:
    """Gives each identifier a number, in the order in which they come."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def plain(self, text: str) -> str:
        text = re.sub(r"(file|dir|multi):[0-9a-f]{64}", r"\1:...", text)
        text = re.sub(r"mkdir \S+/merged/", "mkdir /", text)
        text = UNREACHABLE.sub(r"\1", text)
        return re.sub(r"(?:sha256:)?\b([0-9a-f]{12})(?:[0-9a-f]{52})?\b", self._number, text)

    def _number(self, match: re.Match[str]) -> str:
        return self._known.setdefault(match[1], f"<{len(self._known)}>")


def told(answer: dict[str, Any], names: Names) -> dict[str, Any]:
    """An answer without what is another one each time; pieces of text are joined."""
    steps: list[str] = []
    text = ""
    for message in answer.get("messages", ()):
        if "stream" in message:
            text += message["stream"]
            continue
        steps.append(text)
        text = ""
        steps.append(json.dumps({key: message[key] for key in ("aux", "error", "errorDetail") if key in message}))
    steps = [names.plain(step).replace("\x1b[0m\x1b[91m", "") for step in (*steps, text) if step]
    image = answer.get("image")
    if image is not None:
        image = {**image, "History": [names.plain(entry) for entry in image["History"]]}
        image["Config"] = {**image["Config"], "Env": sorted(image["Config"].get("Env", ()))}
    found = {"status": answer["status"], "message": answer.get("message", ""), "steps": steps, "image": image}
    return found


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["name"])
def test_a_build_answers_what_the_engine_answered(case: dict[str, Any], served: Served) -> None:
    served.reset()
    transport = httpx.HTTPTransport(uds=served.address.removeprefix("unix://"))
    ours, theirs = Names(), Names()
    with httpx.Client(transport=transport, base_url="http://docker/v1.44", timeout=20) as client:
        BASE.update(entry["CreatedBy"] for entry in client.get("/images/busybox/history").json())
        for recorded in case["builds"]:
            assert told(build(client, recorded), ours) == told(recorded, theirs)
