"""The runner: what holds, what does not and is told, what cannot be run, and that nothing is left."""

import asyncio
from pathlib import Path

import pytest

from engine_api.api.versions import Version
from engine_api.conformance.judge import judge
from engine_api.conformance.reference import REFERENCE, ReferenceTarget
from engine_api.conformance.run import Outcome, Result, run
from engine_api.conformance.target import Connection, ConnectionFailed
from engine_api.spec.divergences import EngineIdentity
from engine_api.spec.exchange import examples_of
from engine_api.spec.pages import page

NEW = Version(1, 55)
ATTACH = """> Given a running container `web` that runs `cat` with open standard input with attached streams.

```http
POST /containers/web/attach?stream=1&stdin=1&stdout=1
Connection: Upgrade
Upgrade: tcp
```

```http
101 UPGRADED
```
"""


def _run(
    folder: Path, text: str, *, engine: EngineIdentity = REFERENCE, divergences: str = "", version: Version = NEW
) -> tuple[Outcome, list[str]]:
    """What came of the one example of a page, and the names of the containers that are left."""
    (folder / "latest").mkdir(exist_ok=True)
    (folder / "latest" / "page.md").write_text(f"# Page\n\n## It {{#it}}\n\n{text}", "utf-8")
    if divergences:
        (folder / "latest" / "divergences.md").write_text(divergences, "utf-8")
    (example,) = examples_of(page("page", version, folder))

    async def scenario() -> tuple[Outcome, list[str]]:
        async with ReferenceTarget() as target:
            outcome = await run(example, version, target, engine, suffix="-x", judge=judge(version), root=folder)
            left = await target.engine.containers.list(all=True)
            return outcome, [name for one in left for name in one.names or []]

    return asyncio.run(scenario())


def _fails(folder: Path, text: str) -> str:
    outcome, left = _run(folder, text)
    assert outcome.result is Result.FAILS, outcome
    assert left == []
    return outcome.message


def test_an_example_that_holds_leaves_nothing(tmp_path: Path) -> None:
    moves = "> hi\\n\n< stdout: hi\\n\n> {web}\\n\n< stdout: {web}\\n\n> (end)\n< (end)"
    outcome, left = _run(tmp_path, f"{ATTACH}\n```stream\n{moves}\n```\n")
    assert (outcome.result, outcome.message) == (Result.HOLDS, "")
    assert left == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("404 Not Found", "status 404 is expected, not 200"),
        ("200 Fine", "the reason 'Fine' is expected, not 'OK'"),
        ("200 OK\nTeapot: yes", "the header Teapot is missing"),
        ("200 OK\nServer: absent", "the header Server must not be there"),
        ("200 OK\nContent-Type: text/html", "the header Content-Type must be 'text/html'"),
        ("200 OK", "no body is expected, but there is b'OK'"),
        ("200 OK\n\nKO", "the text 'KO' is expected, not 'OK'"),
        ('200 OK\n\n{"a": 1}', "JSON is expected, not b'OK'"),
        ("200 OK\n\nstdout: OK", "within a frame"),
        ("200 OK\n\nraw: KO", "the stream [('raw', 'KO')] is expected"),
    ],
)
def test_an_answer_that_is_another(tmp_path: Path, answer: str, problem: str) -> None:
    message = _fails(tmp_path, f"```http\nGET /_ping\n```\n\n```http\n{answer}\n```\n")
    assert message.startswith(f"latest/page.md:9: It (v{NEW}, reference ")
    assert problem in message
    assert "--- expected\n+++ got" in message


def test_a_difference_shows_what_differs(tmp_path: Path) -> None:
    message = _fails(
        tmp_path, '```http\nGET /containers/nobody/json\n```\n\n```http\n404 Not Found\n\n{"message": "No"}\n```\n'
    )
    assert 'message: "No" is expected, not "No such container: nobody"' in message
    assert '+  "message": "No such container: nobody"' in message


@pytest.mark.parametrize(
    ("moves", "problem"),
    [
        ("> hi\\n\n< stdout: ho\\n", "stdout: 'ho\\n' is expected, not 'hi\\n'"),
        ("> hi\\n\n< stderr: hi\\n", "stderr: 'hi\\n' is expected, not '(stdout) hi\\n'"),
        ("> a\\n\n< stdout: a\\n\n> b\\n\n> (end)\n< (end)", "the end is expected, but there is [('stdout', 'b\\n')]"),
        ("> (end)\n< stdout: hi\\n", "stdout: 'hi\\n' is expected, not ''"),
        ("> one two\\n\n< stdout: {:number} two\\n", "stdout: '{:number} two\\n' is expected, not 'one two\\n'"),
    ],
)
def test_a_stream_that_is_another(tmp_path: Path, moves: str, problem: str) -> None:
    assert problem in _fails(tmp_path, f"{ATTACH}\n```stream\n{moves}\n```\n")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("Given no image `busybox`.", "the engine has an image busybox, which must not be there"),
        ("Given the image `Not-A-Name`.", "cannot be pulled"),
        ("Given a container `web` that runs `true`. Given a container `web` that runs `true`.", "cannot be created"),
        ("Given a running container `web` that runs `no-such-command`.", "cannot be started"),
        ("Given an exec `{e}` of `true` in `nobody`.", "the exec cannot be created: No such container: nobody"),
    ],
)
def test_what_cannot_be_had_is_not_a_failure(tmp_path: Path, given: str, problem: str) -> None:
    text = f"> {given}\n\n```http\nGET /_ping\n```\n\n```http\n200 OK\n\nOK\n```\n".replace(". Given", ".\n\n> Given")
    outcome, left = _run(tmp_path, text)
    assert outcome.result is Result.NOT_RUN
    assert problem in outcome.message
    assert left == []


def test_a_phrase_that_is_not_known(tmp_path: Path) -> None:
    message = _fails(tmp_path, "> Given a teapot `t`.\n\n```http\nGET /_ping\n```\n\n```http\n200 OK\n\nOK\n```\n")
    assert message == "page.md:3: no condition is known as 'a teapot `t`.'"


def test_a_divergence_holds_only_where_it_says_so(tmp_path: Path) -> None:
    text = '```http\nGET /containers/nobody/json\n```\n\n```http\n404 Not Found\n\n{"message": "Nobody"}\n```\n'
    entry = (
        '# D\n\n## Words {#words example=page#it engine="docker<28"}\n\n'
        '```http\n404 Not Found\n\n{"message": "No such container: {:name}"}\n```\n'
    )
    old = EngineIdentity("docker", "26.1", Version(1, 24), NEW)
    outcome, _ = _run(tmp_path, text, engine=old, divergences=entry)
    assert (outcome.result, outcome.message) == (Result.DIVERGES, "words")
    newer = tmp_path / "newer"
    newer.mkdir()
    outcome, _ = _run(newer, text, engine=EngineIdentity("docker", "28.5", Version(1, 24), NEW), divergences=entry)
    assert outcome.result is Result.FAILS


class _Closing:
    """An engine that is not there."""

    async def connect(self) -> Connection:
        raise ConnectionFailed("unix:///nowhere cannot be reached")


def test_an_engine_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    (tmp_path / "latest" / "page.md").write_text("# P\n\n## It {#it}\n\n```http\nGET /\n```\n\n```http\n200 OK\n```\n")
    (example,) = examples_of(page("page", NEW, tmp_path))
    outcome = asyncio.run(run(example, NEW, _Closing(), REFERENCE, root=tmp_path))
    assert outcome.result is Result.FAILS
    assert "cannot be reached" in outcome.message


def test_an_engine_that_does_not_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine_api.conformance.run.DEADLINE", 0.3)
    events = '```http\nGET /events?filters={"type":["plugin"]}\n```\n\n```http\n200 OK\n\n[...]\n```\n'
    assert "the engine did not go on within 0.3 s" in _fails(tmp_path, events)


def test_the_judge_wants_all_of_an_answer_in_its_type() -> None:
    (request,) = [
        step
        for example in examples_of(page("system", NEW))
        for step in example.steps[:1]
        if getattr(step, "path", "") == "/version"
    ][:1]
    verdict = judge(NEW)
    assert verdict(request, 200, b'{"Version": "1"}') == []  # type: ignore[arg-type]
    (lost,) = verdict(request, 200, b'{"Version": "1", "Teapot": {"a": 1}}')  # type: ignore[arg-type]
    assert "the type does not have all of the answer: .Teapot" in lost
    (wrong,) = verdict(request, 200, b'{"Version": 1}')  # type: ignore[arg-type]
    assert "the answer is not of its type" in wrong
