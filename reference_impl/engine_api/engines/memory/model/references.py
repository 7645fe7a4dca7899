"""References to images."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from engine_api.api.errors import InvalidParameter

__all__ = ["HUB", "Reference", "parse_reference"]

HUB: Final = "docker.io"
"""The public registry, which is meant where a reference names no host."""
_COMPONENT: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH: Final = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_DOMAIN: Final = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::\d+)?"
)
_TAG: Final = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST: Final = re.compile(r"[a-z0-9+._-]+:[0-9a-fA-F]{32,}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in full: host, path, and a tag, a digest or both."""

    host: str
    path: str
    tag: str | None = None
    digest: str | None = None

    @property
    def familiar_name(self) -> str:
        """The name as people write it, without tag and digest."""
        if self.host != HUB:
            return f"{self.host}/{self.path}"
        return self.path.removeprefix("library/") if self.path.count("/") == 1 else self.path

    @property
    def familiar(self) -> str:
        """The reference as people write it."""
        text = self.familiar_name
        if self.tag:
            text += f":{self.tag}"
        if self.digest:
            text += f"@{self.digest}"
        return text

    def tagged(self, tag: str = "latest") -> Reference:
        """The same with a tag, if it has neither tag nor digest."""
        return self if self.tag or self.digest else Reference(self.host, self.path, tag)


def parse_reference(text: str) -> Reference:
    """Read a reference as people write it.

    Raises:
        InvalidParameter: it is none.
    """
    if re.fullmatch("[0-9a-f]{64}", text):
        raise InvalidParameter(f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings")
    rest, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        raise InvalidParameter("invalid reference format")
    head, slash, tail = rest.partition("/")
    host = HUB
    if slash and (any(c in head for c in ".:") or head == "localhost" or head.lower() != head):
        if not _DOMAIN.fullmatch(head):
            raise InvalidParameter("invalid reference format")
        host, rest = head, tail
    if host == "index.docker.io":
        host = HUB
    path, colon, tag = rest.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise InvalidParameter("invalid reference format")
    if not _PATH.fullmatch(path):
        if path.lower() != path:
            shown = f"library/{path}" if host == HUB and "/" not in path else path
            raise InvalidParameter(f"invalid reference format: repository name ({shown}) must be lowercase")
        raise InvalidParameter("invalid reference format")
    if host == HUB and "/" not in path:
        path = f"library/{path}"
    return Reference(host, path, tag or None, digest or None)
