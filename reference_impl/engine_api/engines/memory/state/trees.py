"""Trees of files as contents: each directory a list of what is in it, by the digests of the contents below."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from engine_api.engines.memory.model.layers import Layer
from engine_api.engines.memory.state.records import KINDS, ImageRecord, decode
from engine_api.engines.memory.state.store import Store
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import BlockDevice, Device, Directory, Fifo, File, Node, Symlink

__all__ = ["TreeReader", "TreeWriter", "referred"]

_SMALL: Final = 128
"""How many bytes a file may have to stand in its directory's list."""
_KINDS: Final[dict[type[Node], str]] = {
    Directory: "d",
    File: "f",
    Symlink: "l",
    Device: "c",
    BlockDevice: "b",
    Fifo: "p",
}
_DEVICES: Final[dict[str, type[Device]]] = {"c": Device, "b": BlockDevice, "p": Fifo}
_Entry = tuple[bytes, str, int, int, int, float, bytes | list[bytes]]
"""Name, kind, permissions, user, group, time, and: a digest for a directory, a content or its digest in a list for a
file, the target of a link, the name of a device. Names are bytes, as no encoding is sure.
"""
_ID: Final = 0xFFFFFFFF
"""Numbers of users and groups have 32 bits; archives can have larger ones."""


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


class TreeWriter:
    """Makes contents of trees.

    Args:
        known: the digests of contents that are kept already.
    """

    def __init__(self, known: set[bytes]) -> None:
        self.known = known
        self.new: dict[bytes, bytes] = {}
        """The contents that are not kept yet, by digest."""

    def forget(self, digests: set[bytes]) -> None:
        """Contents are kept no longer."""
        self.known -= digests

    def kept(self) -> None:
        """The new contents are kept now."""
        self.known.update(self.new)
        self.new.clear()

    def content(self, data: bytes) -> bytes:
        """The digest of a content."""
        digest = hashlib.sha256(data).digest()
        if digest not in self.known:
            self.new[digest] = data
        return digest

    def layer(self, layer: Layer) -> bytes:
        """The digest of a layer."""
        return self.content(msgspec.msgpack.encode((layer.diff_id, layer.size, layer.length, layer.blob)))

    def tree(self, root: Directory, filesystem: FileSystem | None = None) -> bytes:
        """The digest of a tree.

        Args:
            root: the tree.
            filesystem: whose it is: what belongs to it can change, so that it is looked at each time. What does not is
                shared and never changes.
        """
        shared = filesystem is None or root.owner is not filesystem
        if shared and root.digest is not None and (root.digest in self.known or root.digest in self.new):
            return root.digest
        entries: list[_Entry] = []
        for name, node in root.entries.items():  # one call a level: trees can be deep
            payload = self.tree(node, filesystem) if isinstance(node, Directory) else self._payload(node)
            owner, group = node.uid & _ID, node.gid & _ID
            entries.append((_encode(name), _KINDS[type(node)], node.mode, owner, group, node.mtime, payload))
        head = (root.mode, root.uid & _ID, root.gid & _ID, root.mtime)
        digest = self.content(msgspec.msgpack.encode((head, entries)))
        if shared:
            root.digest = digest
        return digest

    def _payload(self, node: Node) -> bytes | list[bytes]:
        if isinstance(node, File):
            if len(node.data) <= _SMALL:
                return bytes(node.data)
            if node.digest is None or not (node.digest in self.known or node.digest in self.new):
                node.digest = self.content(bytes(node.data))
            return [node.digest]
        if isinstance(node, Symlink):
            return _encode(node.target)
        assert isinstance(node, Device)
        return _encode(node.name)


class TreeReader:
    """Makes trees of contents; a tree that was read before is the same one again.

    Args:
        store: where the contents are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._trees: dict[bytes, Directory] = {}
        self._layers: dict[bytes, Layer] = {}

    def layer(self, digest: bytes) -> Layer:
        """The layer of a digest."""
        if digest not in self._layers:
            found: tuple[str, int, int, bytes] = msgspec.msgpack.decode(
                self._store.content(digest), type=tuple[str, int, int, bytes]
            )
            self._layers[digest] = Layer(*found)
        return self._layers[digest]

    def tree(self, digest: bytes) -> Directory:
        """The tree of a digest."""
        if digest in self._trees:
            return self._trees[digest]
        (mode, uid, gid, mtime), entries = msgspec.msgpack.decode(self._store.content(digest))
        made = Directory(mode, uid, gid, mtime)
        for name, kind, *rest in entries:  # one call a level: trees can be deep
            made.entries[_decode(name)] = self.tree(rest[-1]) if kind == "d" else self._node(kind, *rest)
        made.digest = digest
        self._trees[digest] = made
        return made

    def _node(self, kind: str, mode: int, uid: int, gid: int, mtime: float, payload: bytes | list[bytes]) -> Node:
        if kind == "f":
            data = payload if isinstance(payload, bytes) else self._store.content(payload[0])
            return File(data, mode, uid, gid, mtime)
        assert isinstance(payload, bytes)
        text = _decode(payload)
        made: Node = Symlink(text) if kind == "l" else _DEVICES[kind](text, mode)
        made.mode, made.uid, made.gid, made.mtime = mode, uid, gid, mtime
        return made


def referred(store: Store) -> set[bytes]:
    """The digests of the contents of a store that its documents need, directly or through other contents."""
    found: set[bytes] = set()
    for (kind, _), data in store.documents():
        record = decode(KINDS[kind], data)
        if isinstance(record, ImageRecord):
            found.update(record.layers)
        trees = [getattr(record, name, b"") for name in ("tree", "base")]
        trees += [mount.tree for mount in getattr(record, "mounts", ())]
        todo = [tree for tree in trees if tree]
        while todo:
            tree = todo.pop()
            if tree in found:
                continue
            found.add(tree)
            for _, kind_of, *_, payload in msgspec.msgpack.decode(store.content(tree))[1]:
                if kind_of == "d":
                    todo.append(payload)
                elif kind_of == "f" and isinstance(payload, list):
                    found.update(payload)
    return found
