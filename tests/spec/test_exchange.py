"""Examples as they are written."""

import io
import tarfile
from pathlib import Path

import pytest

from engine_api.api.versions import Version
from engine_api.spec.exchange import Example, ExpectedResponse, Request, Transcript, examples_of, tar_of, unescape
from engine_api.spec.pages import page
from engine_api.spec.pattern import NotationError


def _examples(folder: Path, text: str) -> tuple[Example, ...]:
    (folder / "latest").mkdir(exist_ok=True)
    (folder / "latest" / "page.md").write_text(text, "utf-8")
    return examples_of(page("page", Version(1, 55), folder))


def test_an_example_is_a_heading_with_exchanges(tmp_path: Path) -> None:
    (found,) = _examples(
        tmp_path,
        """# Page

> Given the image `busybox`.

## Wait {#wait operation=ContainerWait}

### It waits {#it}

```http begin
POST /containers/web/wait
X-Header: value
```

```http raw
GET /_ping
```

```http
200 OK

OK
```

```http end
200 OK
Content-Type: ...

{"StatusCode": 0}
```

```http
POST /containers/web/attach
```

```http
101 UPGRADED
```

```stream
> hi\\n
> (end)
< stdout: hi\\n
< (end)
```

```console
$ docker wait web
0
$ docker ps
```
""",
    )
    assert (found.name, found.title, found.operation) == ("page#it", "It waits", "ContainerWait")
    assert found.given == ("Given the image `busybox`.",)
    first, ping, pong, waited, *_, transcript = found.steps
    assert isinstance(first, Request)
    assert (first.begin, first.headers, first.line.number) == (True, (("X-Header", "value"),), 9)
    assert isinstance(ping, Request)
    assert ping.raw
    assert isinstance(pong, ExpectedResponse)
    assert pong.documents is None
    assert isinstance(waited, ExpectedResponse)
    assert (waited.end, waited.documents) == (True, [{"StatusCode": 0}])
    assert isinstance(transcript, Transcript)
    assert [(m.sends, m.end, m.stream, m.text) for m in transcript.moves] == [
        (True, False, "raw", "hi\n"),
        (True, True, "raw", ""),
        (False, False, "stdout", "hi\n"),
        (False, True, "raw", ""),
    ]
    assert found.console is not None
    assert found.console.commands == (("docker wait web", "0\n"), ("docker ps", ""))
    assert found.exchanges == 3


@pytest.mark.parametrize(
    ("fences", "problem"),
    [
        ("```http\n```", "an http fence is empty"),
        ("```http\nTEAPOT /\n```", "begins neither a request nor an answer"),
        ("```http\nGET /\nno header\n```", "'no header' is no header"),
        ("```http\nGET /\n```", "the last request has no answer"),
        ("```http\nGET /\n```\n\n```http\nGET /\n```", "its answer is missing"),
        ("```http\n200 OK\n```", "an answer has no request before it"),
        ("```http end\n200 OK\n```", "ends a request that was not begun"),
        ("```http begin\nGET /\n```", "the last request has no answer"),
        ("```http\nGET /\n```\n\n```stream\n> x\n```", "a stream follows an answer"),
        ("```http\nGET /\n```\n\n```http\n200 OK\n```\n\n```stream\nx\n```", "is no step of a stream"),
        ("```http\nGET /\n```\n\n```http\n200 OK\n```\n\n```console\nx\n```", "begins with a command"),
    ],
)
def test_what_is_no_example_is_told_with_its_place(tmp_path: Path, fences: str, problem: str) -> None:
    with pytest.raises(NotationError, match=r"page\.md:3: ") as raised:
        _examples(tmp_path, f"# Page\n\n## Bad {{#bad}}\n\n{fences}\n")
    assert problem in str(raised.value)


def test_a_body_of_json_lines_and_one_that_only_looks_like_json(tmp_path: Path) -> None:
    (lines, text) = _examples(
        tmp_path,
        '# P\n\n## A {#a}\n\n```http\nGET /\n```\n\n```http\n200 OK\n\n{"a": 1}\n{"a": 2}\n```\n\n'
        "## B {#b}\n\n```http\nGET /\n```\n\n```http\n200 OK\n\n{:id}\n```\n",
    )
    assert isinstance(lines.steps[1], ExpectedResponse)
    assert lines.steps[1].documents == [{"a": 1}, {"a": 2}]
    assert isinstance(text.steps[1], ExpectedResponse)
    assert text.steps[1].documents is None


def test_streams_are_joined_by_name(tmp_path: Path) -> None:
    (found,) = _examples(
        tmp_path,
        "# P\n\n## A {#a}\n\n```http\nGET /\n```\n\n```http\n200 OK\n\nstdout: a\\n\nstdout: b\\n\nstderr: c\n```\n",
    )
    assert isinstance(found.steps[1], ExpectedResponse)
    assert found.steps[1].stream == [("stdout", "a\nb\n"), ("stderr", "c")]


def test_escapes() -> None:
    assert unescape(r"a\n\r\t\\\x00\e[0m\q") == "a\n\r\t\\\x00\x1b[0mq"


def test_a_described_archive() -> None:
    body = tar_of("tar:\n  bin/\n  bin/run: #!/bin/sh\\necho hi\\n\n  link -> bin/run")
    assert body is not None
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        folder, file, link = archive.getmembers()
        content = archive.extractfile(file)
        assert content is not None
        assert content.read() == b"#!/bin/sh\necho hi\n"
    assert folder.isdir()
    assert (link.issym(), link.linkname) == (True, "bin/run")
    assert tar_of("tar") is None


def test_a_described_archive_with_a_file_line_by_line() -> None:
    body = tar_of("tar:\n  Dockerfile: |\n    FROM busybox\n\n      RUN echo \\n\n\n  a: b")
    assert body is not None
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        file, other = archive.getmembers()
        content = archive.extractfile(file)
        assert content is not None
        assert content.read() == b"FROM busybox\n\n  RUN echo \\n\n"
    assert (other.name, other.size) == ("a", 1)
