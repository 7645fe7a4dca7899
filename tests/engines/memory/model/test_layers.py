"""What two trees differ in, and the layers that follow from it."""

import io
import tarfile

import pytest

from engine_api.engines.memory.model.layers import Layer, chain_ids, differences, layer_of
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import Device, File, Symlink
from engine_api.engines.memory.userland.tar import apply_tar

BIG = 1 << 30


def tree() -> FileSystem:
    files = FileSystem()
    files.mkdir("/a/b", parents=True)
    files.write("/a/b/one", b"one")
    files.write("/a/two", b"two")
    files.put("/link", Symlink("a/two"))
    files.put("/null", Device("null"))
    return files


def told(old: FileSystem, new: FileSystem) -> list[tuple[str, str]]:
    return [(difference.kind, difference.path) for difference in differences(old.root, new.root)]


def entries(layer: Layer) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(b"".join(layer.read()))) as archive:
        return {member.name: member for member in archive}


def test_a_copy_differs_in_nothing() -> None:
    assert told(tree(), tree()) == []


def test_what_is_written_added_and_removed_is_told_by_path_with_the_folders_above() -> None:
    old = tree()
    new = FileSystem(old.root)
    new.write("/a/b/one", b"changed")
    new.mkdir("/c")
    new.write("/c/three", b"three")
    new.remove("/a/two")
    assert told(old, new) == [
        ("changed", "/a"),
        ("changed", "/a/b"),
        ("changed", "/a/b/one"),
        ("deleted", "/a/two"),
        ("added", "/c"),
        ("added", "/c/three"),
    ]


def test_a_file_in_place_of_a_folder_hides_what_was_in_it() -> None:
    old = tree()
    new = FileSystem(old.root)
    new.remove_tree("/a")
    new.write("/a", b"file")
    assert told(old, new) == [("changed", "/a")]
    new.remove("/a")
    new.mkdir("/a")
    new.write("/a/x", b"x")
    assert ("deleted", "/a/two") in told(old, new)


def test_what_is_written_as_it_was_differs_in_nothing() -> None:
    old = tree()
    new = FileSystem(old.root)
    node = old.node("/a/two")
    new.put("/a/two", File(b"two", node.mode, node.uid, node.gid, node.mtime))
    folder = new.own("/a")
    folder.mtime = old.node("/a").mtime
    assert told(old, new) == []
    assert layer_of(old.root, new.root) is None


def test_a_layer_makes_the_newer_tree_of_the_older() -> None:
    old = tree()
    new = FileSystem(old.root)
    new.write("/a/b/one", b"changed")
    new.remove("/link")
    new.put("/zero", Device("zero"))
    layer = layer_of(old.root, new.root)
    assert layer is not None
    assert layer.size == len(b"changed")
    assert sorted(entries(layer)) == [".wh.link", "a", "a/b", "a/b/one", "zero"]
    again = FileSystem(old.root)
    layer.apply(again, limit=BIG)
    assert [path for path, _ in again.walk()] == [path for path, _ in new.walk()]
    assert again.read("/a/b/one") == b"changed"
    device = again.node("/zero")
    assert isinstance(device, Device)
    assert device.name == "zero"


def test_the_same_tree_makes_the_same_layer() -> None:
    first, second = layer_of(None, tree().root), layer_of(None, tree().root)
    assert first is not None
    assert second is not None
    assert (first.diff_id, first.digest, first.length) == (second.diff_id, second.digest, second.length)
    assert first.size == len(b"one" + b"two" + b"a/two")
    assert sum(map(len, first.read())) == first.length


def test_an_opaque_folder_hides_what_the_layers_below_have_in_it() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in (("a/.wh..wh..opq", b""), ("a/new", b"new"), ("a/.wh.", b""), ("a/.wh...", b"")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    buffer.seek(0)
    files = FileSystem(tree().root)
    with tarfile.open(fileobj=buffer, mode="r|") as archive:
        apply_tar(files, archive)
    assert files.list("/a") == ["new"]
    assert files.list("/") == ["a", "link", "null"]


# As `docker image inspect` and the folders of an overlay2 store had them for two layers.
def test_chains_are_what_engines_call_them() -> None:
    first = "sha256:96cc5465c2408ef895d9aae6ad3365ada5f6cbe7934bb260e5312c1c32cf04ac"
    second = "sha256:3a919c0c0ba7f5393d9ab25b5a904d254a9ffb0c8100b5ff2ac05f768b39a741"
    assert chain_ids([]) == []
    assert chain_ids([first]) == [first]
    assert chain_ids([first, second])[1] == CHAIN


CHAIN = "sha256:d67cc727c681b96c734859e79ebc3c70dd15c7934b2eb78d8c6e18887df565ca"


def test_a_snapshot_does_not_follow_what_is_written_later() -> None:
    files = FileSystem(tree().root)
    open_file = files.open("/log", append=True)
    assert isinstance(open_file, File)
    files.extend(open_file, b"before")
    snapshot = FileSystem(files.snapshot())
    files.extend(open_file, b" and after")
    files.write("/a/two", b"other")
    assert snapshot.read("/log") == b"before"
    assert snapshot.read("/a/two") == b"two"
    assert files.read("/log") == b"before and after"


def test_paths_end_somewhere() -> None:
    files = FileSystem()
    with pytest.raises(OSError, match="File name too long"):
        files.mkdir("/" + "/".join(["d"] * 401), parents=True)
    with pytest.raises(OSError, match="File name too long"):
        files.write("/" + "x" * 4096, b"")
