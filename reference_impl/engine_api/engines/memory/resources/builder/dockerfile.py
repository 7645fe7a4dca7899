"""Dockerfiles as text: directives, comments, continued lines, flags and arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from engine_api.api.errors import InvalidParameter

__all__ = ["Dockerfile", "Node", "read_dockerfile", "read_line"]

_DIRECTIVE: Final = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")
_DIRECTIVES: Final = ("check", "escape", "syntax")
_SPACE: Final = re.compile(r"[\t\v\f\r ]+")
_HEREDOC: Final = re.compile(r"""^(\d*)<<(-?)([^<]*)$""")
MAX_LINE: Final = 65536
"""Bytes that a line may have."""


@dataclass
class Node:
    """An instruction, taken apart but not yet understood."""

    line: int
    """The line on which it begins, from 1."""
    original: str
    """Its text on one line."""
    name: str
    """The instruction as it is written."""
    flags: list[str] = field(default_factory=list)
    """`--NAME=VALUE`, in order."""
    args: list[str] = field(default_factory=list)
    json: bool = False
    """Whether the arguments were written as a JSON array."""
    sub: Node | None = None
    """The instruction that `ONBUILD` keeps."""


@dataclass
class Dockerfile:
    """A Dockerfile."""

    nodes: list[Node]
    escape: str
    """The character that continues lines and escapes others."""
    warnings: list[str]


class _Directives:
    def __init__(self) -> None:
        self.escape = "\\"
        self._seen: set[str] = set()
        self._done = False

    def look(self, line: str) -> None:
        """Take note of a line, which may be a directive as long as all before it were."""
        if self._done:
            return
        match = _DIRECTIVE.fullmatch(line)
        if match is None:
            self._done = True
            return
        name, value = match[1].lower(), match[2]
        if name not in _DIRECTIVES:
            self._done = True
            return
        if name in self._seen:
            raise InvalidParameter(f"only one {name} parser directive can be used")
        self._seen.add(name)
        if name == "escape":
            if value not in ("\\", "`"):
                raise InvalidParameter(f"invalid escape token '{value}' does not match ` or \\")
            self.escape = value


def read_dockerfile(data: bytes) -> Dockerfile:
    """Take a Dockerfile apart.

    Raises:
        InvalidParameter: a directive is wrong, a line is too long or cannot be split, or there is no instruction.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    directives = _Directives()
    found = Dockerfile([], "\\", [])
    source = iter(enumerate((line.removesuffix("\r") for line in lines), 1))
    for number, raw in source:
        if len(raw) >= MAX_LINE:
            raise InvalidParameter(f"dockerfile line greater than max allowed size of {MAX_LINE - 1}")
        line = raw.lstrip()
        directives.look(line)
        if line.startswith("#"):
            continue
        node = _logical_line(number, line, source, directives.escape, found.warnings)
        if node is not None:
            found.nodes.append(node)
    if found.warnings:
        found.warnings.append("[WARNING]: Empty continuation lines will become errors in a future release.")
    if not found.nodes:
        raise InvalidParameter("file with no instructions")
    found.escape = directives.escape
    return found


def _logical_line(
    number: int, line: str, source: Iterator[tuple[int, str]], escape: str, warnings: list[str]
) -> Node | None:
    """The instruction that begins on a line, with the lines that continue it."""
    line, ended = _continued(line, escape)
    if ended and not line:
        return None
    empty = False
    while not ended:
        following = next(source, None)
        if following is None:
            break
        more = following[1]
        if more.lstrip().startswith("#"):
            continue
        if not more.strip():
            empty = True
            continue
        more, ended = _continued(more, escape)
        line += more
    if empty:
        warnings.append(f"[WARNING]: Empty continuation line found in: {line}")
    node = read_line(line, escape, number)
    _skip_heredocs(node, source)
    return node


def _continued(line: str, escape: str) -> tuple[str, bool]:
    """A line without what continues it, and whether it ends there."""
    stripped = line.rstrip(" \t")
    if stripped.endswith(escape) and not stripped[:-1].endswith(escape):
        return stripped[:-1], False
    return line, True


def _skip_heredocs(node: Node, source: Iterator[tuple[int, str]]) -> None:
    """Pass by the lines of here-documents, which the classic builder does not look at.

    Raises:
        InvalidParameter: one has no end.
    """
    holder = node.sub or node
    if holder.name.lower() not in ("add", "copy", "run") or holder.json:
        return
    words = [word for arg in holder.args for word in arg.split()]
    for word in words:
        match = _HEREDOC.match(word)
        name = match[3].strip("'\"") if match is not None else ""
        if match is None or not name:
            continue
        for _, line in source:
            if (line.lstrip("\t") if match[2] else line) == name:
                break
        else:
            raise InvalidParameter("unterminated heredoc")
        if holder.name.lower() != "run":
            holder.args = [arg for arg in holder.args if arg != word]


def read_line(line: str, escape: str, number: int = 1) -> Node:
    """Take an instruction on one line apart.

    Raises:
        InvalidParameter: a flag, a name with its value or a JSON array is malformed.
    """
    name, *rest = _SPACE.split(line.strip(), maxsplit=1)
    flags: list[str] = []
    text = ""
    if rest:
        text, flags = _flags(rest[0], escape)
    node = Node(number, line, name, flags)
    parse = _FORMS.get(name.lower())
    if parse is not None:
        parse(node, text.strip(), escape)
    return node


def _flags(text: str, escape: str) -> tuple[str, list[str]]:
    """The rest of a line and the flags before it."""
    flags: list[str] = []
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if not text.startswith("--", at):
            return text[at:], flags
        word = ""
        quote = ""
        while at < len(text) and (quote or not text[at].isspace()):
            char = text[at]
            if char == escape and quote != "'":
                at += 1
                char = text[at] if at < len(text) else ""
            elif quote and char == quote:
                quote, char = "", ""
            elif not quote and char in "'\"":
                quote, char = char, ""
            word += char
            at += 1
        if word == "--":
            return text[at:], flags
        flags.append(word)


def words_of(text: str, escape: str) -> list[str]:
    """A text split at white space outside quotes; quotes and escapes stay."""
    words: list[str] = []
    word = ""
    quote = ""
    begun = False
    at = 0
    while at < len(text):
        char = text[at]
        if not quote and char.isspace():
            if begun:
                words.append(word)
            word, begun = "", False
            at += 1
            continue
        begun = True
        if char == escape and quote != "'":
            if at + 1 == len(text):
                break
            word += text[at : at + 2]
            at += 2
            continue
        if quote and char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        word += char
        at += 1
    return [*words, word] if begun else words


def json_array(text: str) -> list[str] | None:
    """The strings of a JSON array; None if the text is none.

    Raises:
        InvalidParameter: it is an array of other things.
    """
    if not text.lstrip().startswith("["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list):
        return None
    if not all(isinstance(item, str) for item in value):
        raise InvalidParameter("when using JSON array syntax, arrays must be comprised of strings only")
    return value


def _whole(node: Node, text: str, escape: str) -> None:
    node.args = [text] if text else []


def _split(node: Node, text: str, escape: str) -> None:
    node.args = _SPACE.split(text) if text else []


def _words(node: Node, text: str, escape: str) -> None:
    node.args = words_of(text, escape)


def _json_or_whole(node: Node, text: str, escape: str) -> None:
    array = json_array(text)
    if array is None:
        _whole(node, text, escape)
    else:
        node.args, node.json = array, True


def _json_or_split(node: Node, text: str, escape: str) -> None:
    array = json_array(text)
    if array is None:
        _split(node, text, escape)
    else:
        node.args, node.json = array, True


def _pairs(node: Node, text: str, escape: str) -> None:
    """Names and values in turn."""
    words = words_of(text, escape)
    if not words:
        return
    if "=" not in words[0]:
        parts = _SPACE.split(text, maxsplit=1)
        if len(parts) < 2:
            raise InvalidParameter(f"{node.name.upper()} must have two arguments")
        node.args = parts
        return
    for word in words:
        if "=" not in word:
            raise InvalidParameter(f'Syntax error - can\'t find = in "{word}". Must be of the form: name=value')
        node.args += word.partition("=")[::2]


def _health(node: Node, text: str, escape: str) -> None:
    if text:
        kind, *rest = _SPACE.split(text, maxsplit=1)
        inner = Node(node.line, "", node.name)
        _json_or_whole(inner, rest[0].strip() if rest else "", escape)
        node.args, node.json = [kind, *inner.args], inner.json


def _onbuild(node: Node, text: str, escape: str) -> None:
    if text:
        node.sub = read_line(text, escape, node.line)
        node.args = [text]


_FORMS: Final[dict[str, Callable[[Node, str, str], None]]] = {
    "add": _json_or_split,
    "arg": _words,
    "cmd": _json_or_whole,
    "copy": _json_or_split,
    "entrypoint": _json_or_whole,
    "env": _pairs,
    "expose": _split,
    "from": _split,
    "healthcheck": _health,
    "label": _pairs,
    "maintainer": _whole,
    "onbuild": _onbuild,
    "run": _json_or_whole,
    "shell": _json_or_whole,
    "stopsignal": _whole,
    "user": _whole,
    "volume": _json_or_split,
    "workdir": _whole,
}
"""How the arguments of each instruction are written."""
