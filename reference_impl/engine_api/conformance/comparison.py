"""Compares responses with those that examples expect."""

from __future__ import annotations

import base64
import contextlib
import difflib
import json
import tarfile
from collections.abc import Callable, Sequence
from typing import Final

from engine_api.conformance.target import Response
from engine_api.conformance.transcripts import pieces
from engine_api.spec.exchange import ExpectedResponse, StreamLabel, shown_tar
from engine_api.spec.pattern import REST, Captures, NotationError, match, match_text, parse, render
from engine_api.wire.frames import FrameError

__all__ = ["compare", "difference", "shown"]

_BASE64: Final = "base64 "
"""Prefix of an expected header value that is shown as JSON and sent as JSON in base64."""


def compare(
    expected: ExpectedResponse, response: Response, body: bytes | None, own: Callable[[str], str], captures: Captures
) -> list[str]:
    """Return the problems of a response; empty if it is as expected.

    Args:
        expected: the expected response.
        response: the response.
        body: the body of the response; None if a transcript follows, which is compared separately.
        own: returns a string of the example with the names of this run.
        captures: values that the example has captured; new ones are added.
    """
    problems: list[str] = []
    if response.status != expected.status:
        problems.append(f"status {expected.status} is expected, not {response.status}")
    if expected.reason and not match_text(expected.reason, response.reason, captures):
        problems.append(f"the reason {expected.reason!r} is expected, not {response.reason!r}")
    for name, value in expected.headers:
        got = response.header(name)
        if value == "absent":
            if got is not None:
                problems.append(f"the header {name} must not be there, but is {got!r}")
        elif got is None:
            problems.append(f"the header {name} is missing")
        elif value.startswith(_BASE64):
            problems += _compare_base64(name, own(value.removeprefix(_BASE64)), got, captures)
        elif value != "..." and not match_text(own(value), got, captures):
            problems.append(f"the header {name} must be {value!r}, not {got!r}")
    if problems or body is None:
        return problems
    return _compare_body(expected, body, own, captures)


def _compare_base64(name: str, value: str, got: str, captures: Captures) -> list[str]:
    try:
        document = json.loads(base64.b64decode(got))
    except ValueError:
        return [f"the header {name} must be JSON in base64, not {got!r}"]
    return match(parse(value), document, captures, f"the header {name}")


def _compare_body(expected: ExpectedResponse, body: bytes, own: Callable[[str], str], captures: Captures) -> list[str]:
    if expected.body == "...":
        return []
    if not expected.body:
        return [] if not body else [f"no body is expected, but there is {shown(body)}"]
    if expected.body.startswith("tar:\n"):
        return _compare_tar(own(expected.body), body, captures)
    if expected.stream is not None:
        return _compare_stream(expected.stream, body, own, captures)
    if expected.documents is None:
        text = body.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n")
        if match_text(own(expected.body), text, captures):
            return []
        return [f"the text {expected.body!r} is expected, not {text!r}"]
    try:
        found = _documents(body)
    except ValueError:
        return [f"JSON is expected, not {shown(body)}"]
    documents = [parse(own(render(document))) for document in expected.documents]
    if len(documents) == 1 and documents[0] is not REST and len(found) == 1:
        return match(documents[0], found[0], captures)
    return match(documents, found, captures, "documents")


def _compare_tar(expected: str, body: bytes, captures: Captures) -> list[str]:
    try:
        text = shown_tar(body)
    except tarfile.TarError:
        return [f"a tar is expected, not {shown(body)}"]
    return [] if match_text(expected, text, captures) else [f"the tar has {text!r}"]


def _compare_stream(
    stream: Sequence[tuple[StreamLabel, str]], body: bytes, own: Callable[[str], str], captures: Captures
) -> list[str]:
    try:
        got = pieces(body, raw=stream[0][0] == "raw")
    except FrameError as error:
        return [str(error)]
    if len(got) != len(stream) or any(
        label != name or not match_text(own(text), other, captures)
        for (label, text), (name, other) in zip(stream, got, strict=True)
    ):
        return [f"the stream {stream!r} is expected, not {got!r}"]
    return []


def difference(expected: ExpectedResponse, response: Response, body: bytes) -> str:
    """Return a unified diff of the expected response and the response."""
    names = {name.lower() for name, _ in expected.headers}
    lines = [f"{response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers if name.lower() in names]
    if body:
        lines.append("")
        try:
            lines += [json.dumps(document, indent=2) for document in _documents(body)]
        except ValueError:
            lines.append(shown(body))
    wanted = expected.text.splitlines()
    with contextlib.suppress(NotationError):
        documents = expected.documents
        if documents is not None:
            head = expected.text.partition("\n\n")[0].splitlines()
            wanted = [*head, "", *(line for d in documents for line in _pretty(d).splitlines())]
    got = [part for line in lines for part in line.splitlines() or [""]]
    return "\n".join(difflib.unified_diff(wanted, got, "expected", "got", lineterm="", n=2))


def _documents(body: bytes) -> list[object]:
    text = body.decode("utf-8")
    decoder = json.JSONDecoder()
    found: list[object] = []
    at = 0
    while at < len(text):
        if text[at] in " \r\n\t":
            at += 1
            continue
        value, at = decoder.raw_decode(text, at)
        found.append(value)
    if not found:
        raise ValueError("no document")
    return found


def _pretty(document: object) -> str:
    if isinstance(document, dict):
        items = [f'  "{key}": {render(value)},' if key != "..." else "  ...," for key, value in document.items()]
        return "\n".join(["{", *items, "}"]) if items else "{}"
    return render(document)


def shown(body: bytes) -> str:
    """Return the beginning of a body on one line."""
    return repr(body[:400])
