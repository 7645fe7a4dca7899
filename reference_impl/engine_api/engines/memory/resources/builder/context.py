"""The files that a build can copy, and the Dockerfile among them."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import posixpath
import tarfile
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

from engine_api.api.errors import InternalError, InvalidParameter
from engine_api.engines.memory.resources.builder.dockerfile import Dockerfile, read_dockerfile
from engine_api.engines.memory.resources.builder.patterns import has_wildcards, name_pattern
from engine_api.engines.memory.userland.archives import read_archive
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import Device, Directory, File, Node, Symlink
from engine_api.engines.memory.userland.tar import apply_tar
from engine_api.formats.dockerignore import IgnoreRules

__all__ = ["Source", "load_dockerfile", "sources_of", "unpack_context"]

_IGNORE: Final = ".dockerignore"
_DEFAULT: Final = "Dockerfile"


class _Inside(tarfile.TarFile):
    """An archive all of whose names stay below its root."""

    def next(self) -> tarfile.TarInfo | None:
        """The next entry.

        Raises:
            InternalError: it leads out.
        """
        member = super().next()
        if member is not None and _inside(member.name) is None:
            raise InternalError(f'invalid entry name "{member.name}"')
        if member is not None and member.islnk() and _inside(member.linkname) is None:
            raise InternalError(f'invalid hardlink target "{member.linkname}"')
        return member


async def unpack_context(body: AsyncIterator[bytes], filesystem: FileSystem) -> None:
    """Unpack the archive of a context, plain or compressed; it must be whole, and its names must stay inside.

    Raises:
        InvalidParameter: it is larger than this engine takes.
        InternalError: it is no archive, is cut off, or has a name that leads out.
    """

    def work(source: IO[bytes]) -> None:
        try:
            with _Inside.open(fileobj=source, mode="r|") as archive:
                apply_tar(filesystem, archive)
        except tarfile.ReadError as error:
            if "empty" not in str(error):
                known = "invalid header" in str(error)
                raise InternalError("archive/tar: invalid tar header" if known else "unexpected EOF") from None
        except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile):
            raise InternalError("unexpected EOF") from None
        except OSError as error:
            raise InvalidParameter(f"the context cannot be unpacked: {error.strerror or error}") from None

    await read_archive(body, work)


def load_dockerfile(context: FileSystem, name: str) -> Dockerfile:
    """Read the Dockerfile of a context, and take it and `.dockerignore` out if the latter says so.

    What else `.dockerignore` leaves out, the client has not sent.

    Raises:
        InternalError: there is none of that name, or it lies outside.
        InvalidParameter: it is empty, or cannot be read.
    """
    inside = _inside(name)
    if inside is None:
        raise InternalError(f"forbidden path outside the build context: {name} ()")
    path = f"/{inside}"
    if name == _DEFAULT and not context.exists(path):
        path = f"/{_DEFAULT.lower()}"
    try:
        data = context.read(path)
    except OSError as error:
        if context.is_directory(path):
            raise InternalError(f"failed to parse {name}: read {name}: is a directory") from None
        raise InternalError(f"Cannot locate specified Dockerfile: {name}") from error
    if not data:
        raise InvalidParameter(f"the Dockerfile ({name}) cannot be empty")
    try:
        found = read_dockerfile(data)
    except InvalidParameter as error:
        raise InvalidParameter(f"failed to parse {name}: {error.message}") from None
    _leave_out(context, (inside, _IGNORE))
    return found


def _leave_out(context: FileSystem, names: Sequence[str]) -> None:
    try:
        rules = IgnoreRules.read(context.read(f"/{_IGNORE}"))
    except OSError:
        return
    for name in names:
        if rules.leaves_out(name) and context.exists(f"/{name}", follow=False):
            context.remove(f"/{name}")


def _inside(path: str) -> str | None:
    """A path relative to the root; None if it leads out."""
    clean = posixpath.normpath(path.lstrip("/"))
    if clean == ".." or clean.startswith("../"):
        return None
    return "" if clean == "." else clean


@dataclass(frozen=True)
class Source:
    """Something to copy."""

    filesystem: FileSystem
    path: str
    """Absolute in its file system, as it was named."""
    node: Node
    """What is there, links followed."""
    hash: str
    """`file:...` or `dir:...`."""


def sources_of(filesystem: FileSystem, paths: Sequence[str], *, context: bool) -> list[Source]:
    """What some paths and patterns stand for.

    Args:
        filesystem: the context, or the tree of an image.
        paths: paths, relative to its root.
        context: whether it is the context, which words a refusal otherwise.

    Raises:
        InvalidParameter: a path leads out, there is nothing, or no file fits.
    """
    found: list[Source] = []
    for path in paths:
        if has_wildcards(path):
            found += _fitting(filesystem, path)
        else:
            found.append(_source(filesystem, path, context=context))
    if not found:
        raise InvalidParameter("no source files were specified")
    return found


def _source(filesystem: FileSystem, path: str, *, context: bool) -> Source:
    inside = _inside(path)
    if inside is None:
        if context:
            raise InvalidParameter(f"forbidden path outside the build context: {path} ()")
        inside = filesystem.real_missing(path).lstrip("/")
    try:
        node = filesystem.node(f"/{inside}")
    except OSError:
        reason = f"stat {path.lstrip('/')}: file does not exist"
        if context:
            reason = f"file not found in build context or excluded by .dockerignore: {reason}"
        raise InvalidParameter(reason) from None
    kind = "dir" if isinstance(node, Directory) else "file"
    return Source(filesystem, f"/{inside}", node, f"{kind}:{_hash(node)}")


def _fitting(filesystem: FileSystem, pattern: str) -> list[Source]:
    expression = name_pattern(posixpath.normpath(pattern.lstrip("/")))
    return [
        _source(filesystem, path, context=True)
        for path, _ in filesystem.walk()
        if path != "/" and expression.fullmatch(path[1:]) and filesystem.exists(path)
    ]


def _hash(node: Node) -> str:
    digest = hashlib.sha256()
    _add(digest, "", node)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, path: str, node: Node) -> None:
    digest.update(f"{path}\0{node.kind}\0{node.mode}\0{node.size}\0".encode("utf-8", "surrogateescape"))
    if isinstance(node, File):
        digest.update(node.data)
    elif isinstance(node, Symlink):
        digest.update(node.target.encode("utf-8", "surrogateescape"))
    elif isinstance(node, Device):
        digest.update(node.name.encode())
    elif isinstance(node, Directory):
        for name in sorted(node.entries):
            _add(digest, f"{path}/{name}", node.entries[name])
