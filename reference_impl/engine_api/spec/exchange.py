"""Parses the examples of a page into requests, expected responses and transcripts."""

from __future__ import annotations

import io
import re
import tarfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Literal

from engine_api.api.versions import Version
from engine_api.spec.pages import Heading, Line, Page, attributes
from engine_api.spec.pattern import NotationError, Pattern, parse_all

__all__ = [
    "Console",
    "Example",
    "ExpectedResponse",
    "Fence",
    "Move",
    "Request",
    "Transcript",
    "examples_of",
    "fences",
    "http_step",
    "shown_tar",
    "tar_of",
    "transcript_step",
    "unescape",
]

_START: Final = re.compile(r"(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) (\S+)")
_STATUS: Final = re.compile(r"(\d{3})(?: (.*))?")
_STREAM: Final = re.compile(r"(stdout|stderr|raw): ?(.*)")
_MOVE: Final = re.compile(r"([<>]) (?:\((end)\)|(?:(stdout|stderr|raw|text|binary): ?)?(.*))")

StreamLabel = Literal["stdout", "stderr", "raw", "text", "binary"]
"""The kind of a piece: a stream in frames, a stream without frames, or a message of a websocket."""


@dataclass(frozen=True)
class Request:
    """A request that an example sends."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str
    line: Line
    raw: bool = False
    """Whether the path is sent unchanged, without a version prefix."""
    begin: bool = False
    """Whether the response stands in a later fence, which is marked `end`."""


@dataclass(frozen=True)
class ExpectedResponse:
    """A response that an example expects."""

    status: int
    reason: str | None
    headers: tuple[tuple[str, str], ...]
    body: str
    line: Line
    text: str
    """The content of the fence, unchanged."""
    end: bool = False
    """Whether it is the response to an earlier request that is marked `begin`."""

    @property
    def documents(self) -> list[Pattern] | None:
        """The JSON documents of the body; None if the body is not JSON.

        Raises:
            NotationError: the body begins as JSON, but is malformed.
        """
        body = self.body.removeprefix("...\n")
        if not body.startswith(("{", "[", '"', "null", "true", "false")) or body.startswith(("{:", "{}}")):
            return None
        return parse_all(self.body)

    @property
    def stream(self) -> list[tuple[StreamLabel, str]] | None:
        """The output of a process in pieces, one for adjacent lines of a stream; None if the body is something else."""
        pieces: list[tuple[StreamLabel, str]] = []
        for line in self.body.splitlines():
            match = _STREAM.fullmatch(line)
            if match is None:
                return None
            _join(pieces, match[1], unescape(match[2]))  # type: ignore[arg-type]
        return pieces or None


@dataclass(frozen=True)
class Move:
    """Bytes, or the end of a direction, on a connection that was taken over."""

    sends: bool
    end: bool
    stream: StreamLabel
    text: str
    line: Line


@dataclass(frozen=True)
class Transcript:
    """What is sent and received on a connection that was taken over, in order."""

    moves: tuple[Move, ...]
    line: Line


@dataclass(frozen=True)
class Console:
    """Commands for the Docker command line, each with its expected output."""

    commands: tuple[tuple[str, str], ...]
    line: Line


Step = Request | ExpectedResponse | Transcript


@dataclass(frozen=True)
class Example:
    """An example: a heading with exchanges."""

    page: str
    id: str
    title: str
    operation: str | None
    given: tuple[str, ...]
    steps: tuple[Step, ...]
    line: Line
    version: Version | None = None
    """The version that runs it, if it stands on a page of changes."""
    console: Console | None = None

    @property
    def name(self) -> str:
        """The name in reports: page and heading."""
        return f"{self.page}#{self.id}"

    @property
    def exchanges(self) -> int:
        """The number of exchanges."""
        return sum(isinstance(step, ExpectedResponse) for step in self.steps)


def unescape(text: str) -> str:
    r"""Return a string with `\n`, `\r`, `\t`, `\\`, `\e` and `\xNN` replaced by the characters that they stand for."""
    return re.sub(r"\\(?:x([0-9a-fA-F]{2})|(.))", _escape, text)


def _escape(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    return {"n": "\n", "r": "\r", "t": "\t", "e": "\x1b"}.get(match[2], match[2])


def _join(pieces: list[tuple[StreamLabel, str]], stream: StreamLabel, text: str) -> None:
    if pieces and pieces[-1][0] == stream:
        pieces[-1] = (stream, pieces[-1][1] + text)
    else:
        pieces.append((stream, text))


def tar_of(body: str) -> bytes | None:
    r"""Return the archive that a body describes: `tar:`, then a line for each entry; None if it describes none.

    `  path: content` is a file, with the escapes of `unescape`. After `  path: |`, the content of the file is the lines
    that are indented by four spaces. `  path/` is a directory, and `  path -> target` a symbolic link.
    """
    lines = body.splitlines()
    if not lines or lines[0] != "tar:":
        return None
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        rest = deque(lines[1:])
        while rest:
            entry = rest.popleft().strip()
            info = tarfile.TarInfo()
            data = b""
            if " -> " in entry:
                info.name, _, info.linkname = entry.partition(" -> ")
                info.type = tarfile.SYMTYPE
            elif entry.endswith("/"):
                info.name, info.type, info.mode = entry, tarfile.DIRTYPE, 0o755
            else:
                info.name, _, content = entry.partition(": ")
                data = unescape(content).encode()
                if content == "|":
                    data = "".join(f"{line}\n" for line in _block(rest)).encode()
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _block(rest: deque[str]) -> Iterator[str]:
    """Yield the next lines that are indented by four spaces, without the indent, and the empty lines between them."""
    empty = 0
    while rest and (rest[0].startswith("    ") or not rest[0].strip()):
        line = rest.popleft()[4:]
        if not line.strip():
            empty += 1
            continue
        yield from [""] * empty
        empty = 0
        yield line


def shown_tar(data: bytes) -> str:
    """Return an archive in the notation that `tar_of` reads; devices and pipes as `  path (character device)`.

    Raises:
        tarfile.TarError: the data is not a tar archive.
    """
    lines = ["tar:"]
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for info in archive:
            if info.isdir():
                lines.append(f"  {info.name}/")
            elif info.issym():
                lines.append(f"  {info.name} -> {info.linkname}")
            elif info.isreg():
                content = archive.extractfile(info)
                text = content.read().decode("utf-8", "replace") if content is not None else ""
                for plain, escaped in (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
                    text = text.replace(plain, escaped)
                lines.append(f"  {info.name}: {text}".rstrip())
            else:
                kinds = {tarfile.CHRTYPE: "character device", tarfile.BLKTYPE: "block device", tarfile.FIFOTYPE: "pipe"}
                lines.append(f"  {info.name} ({kinds.get(info.type, 'link')})")
    return "\n".join(lines)


@dataclass
class Fence:
    """A fenced block: its info string, its lines, and its first line."""

    info: str
    line: Line
    lines: list[str] = field(default_factory=list)


def fences(lines: list[Line]) -> Iterator[Fence]:
    """Yield the fenced blocks of lines."""
    fence: Fence | None = None
    mark = ""
    for line in lines:
        if fence is None:
            match = re.fullmatch(r"(`{3,})(.*)", line.text)
            if match:
                mark, fence = match[1], Fence(match[2].strip(), line)
        elif line.text.rstrip() == mark:
            yield fence
            fence = None
        else:
            fence.lines.append(line.text)


@cache
def examples_of(page: Page) -> tuple[Example, ...]:
    """Return the examples of a page.

    Raises:
        NotationError: an example is malformed; the message begins with file and line.
    """
    found: list[Example] = []
    above: list[Heading] = []
    for heading in page.headings:
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        found_fences = list(fences(heading.lines))
        divergence = "example" in heading.attributes
        if divergence or not any(fence.info.split(" ")[0] == "http" for fence in found_fences):
            continue
        try:
            found.append(_example(page, above, found_fences))
        except NotationError as error:
            line = heading.line
            raise NotationError(f"{line.file}:{line.number}: {error}") from None
    return tuple(found)


def _example(page: Page, above: list[Heading], blocks: list[Fence]) -> Example:
    heading = above[-1]
    steps: list[Step] = []
    console = None
    for fence in blocks:
        kind, _, rest = fence.info.partition(" ")
        if kind == "http":
            steps.append(http_step(fence, attributes(rest)))
        elif kind == "stream":
            steps.append(transcript_step(fence))
        elif kind == "console":
            console = _console(fence)
    operation = next((h.attributes["operation"] for h in reversed(above) if "operation" in h.attributes), None)
    version = next((h.attributes["version"] for h in reversed(above) if "version" in h.attributes), None)
    _check_order(steps)
    return Example(
        page.name if page.name != "changes" else f"v{page.version}/changes",
        heading.id,
        heading.title,
        operation,
        tuple(text for each in above for text in _given(each.lines)),
        tuple(steps),
        heading.line,
        Version.parse(version) if version else None,
        console,
    )


def _given(lines: list[Line]) -> Iterator[str]:
    text = ""
    for line in [*lines, Line("", Path(), 0)]:
        if line.text.startswith(">"):
            text += " " + line.text.lstrip("> ").strip()
        else:
            if text.strip().startswith("Given "):
                yield text.strip()
            text = ""


def http_step(fence: Fence, marks: dict[str, str]) -> Request | ExpectedResponse:
    """Parse a fence as a request or as an expected response.

    Raises:
        NotationError: the fence is neither.
    """
    if not fence.lines:
        raise NotationError("an http fence is empty")
    head, _, body = "\n".join(fence.lines).partition("\n\n")
    first, *rest = head.splitlines()
    headers: list[tuple[str, str]] = []
    for line in rest:
        name, colon, value = line.partition(":")
        if not colon:
            raise NotationError(f"{line!r} is no header")
        headers.append((name.strip(), value.strip()))
    if match := _START.fullmatch(first):
        raw = "raw" in marks
        return Request(match[1], match[2], tuple(headers), body, fence.line, raw=raw, begin="begin" in marks)
    if match := _STATUS.fullmatch(first):
        text = "\n".join(fence.lines) + "\n"
        return ExpectedResponse(
            int(match[1]), match[2], tuple(headers), body.strip("\n"), fence.line, text, end="end" in marks
        )
    raise NotationError(f"{first!r} begins neither a request nor an answer")


def transcript_step(fence: Fence) -> Transcript:
    """Parse a fence as a transcript.

    Raises:
        NotationError: a line begins with neither `>` nor `<`.
    """
    moves: list[Move] = []
    for index, text in enumerate(fence.lines, 1):
        match = _MOVE.fullmatch(text)
        if match is None:
            raise NotationError(f"{text!r} is no step of a stream; steps begin with > or <")
        line = Line(text, fence.line.file, fence.line.number + index)
        stream: StreamLabel = match[3] or "raw"  # type: ignore[assignment]
        moves.append(Move(match[1] == ">", bool(match[2]), stream, unescape(match[4] or ""), line))
    return Transcript(tuple(moves), fence.line)


def _console(fence: Fence) -> Console:
    commands: list[tuple[str, str]] = []
    for text in fence.lines:
        if text.startswith("$ "):
            commands.append((text[2:], ""))
        elif commands:
            command, output = commands[-1]
            commands[-1] = (command, f"{output}{text}\n")
        else:
            raise NotationError("a console fence begins with a command after a dollar sign")
    return Console(tuple(commands), fence.line)


def _check_order(steps: list[Step]) -> None:
    begun = 0
    open_request = False
    for step in steps:
        if isinstance(step, Request):
            if open_request:
                raise NotationError("a request follows a request; its answer is missing")
            open_request = not step.begin
            begun += step.begin
        elif isinstance(step, ExpectedResponse):
            if step.end:
                begun -= 1
            elif not open_request:
                raise NotationError("an answer has no request before it")
            else:
                open_request = False
            if begun < 0:
                raise NotationError("an answer ends a request that was not begun")
        elif open_request:
            raise NotationError("a stream follows an answer, not a request")
    if open_request or begun:
        raise NotationError("the last request has no answer")
