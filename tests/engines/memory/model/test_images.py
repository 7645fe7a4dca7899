"""The store of images, and its indexes."""

import pytest

from engine_api.api.errors import NotFound
from engine_api.api.images import ImageConfig
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.references import Reference, parse_reference
from engine_api.engines.memory.userland.filesystem import FileSystem


def image(*commands: str, parent: str = "", size: int = 3) -> Image:
    files = FileSystem()
    files.write("/data", b"x" * size)
    base = Image(ImageConfig(), files.root, 1)
    above = FileSystem(files.root)
    above.write("/more", b"".join(command.encode() for command in commands))
    return Image(ImageConfig(cmd=list(commands)), above.root, 2, base=base, parent=parent)


def reference(text: str) -> Reference:
    return parse_reference(text).tagged()


def test_a_reference_moves_to_the_image_that_gets_it() -> None:
    store = ImageStore()
    first, second = store.add(image("a")), store.add(image("b"))
    store.tag(first, reference("tools:1"), 5)
    store.tag(first, reference("tools:2"), 6)
    store.tag(second, reference("tools:1"), 7)
    assert store.named(reference("tools:1")) is second
    assert first.references == [reference("tools:2")]
    assert (first.tagged_at, second.tagged_at) == (6, 7)
    assert store.in_repository(reference("tools")) == [
        (first, reference("tools:2")),
        (second, reference("tools:1")),
    ]


def test_names_that_are_taken_find_nothing() -> None:
    store = ImageStore()
    one = store.add(image("a"))
    digest = Reference("docker.io", "library/tools", None, one.manifest_digest)
    elsewhere = Reference("example.com", "library/tools", None, one.manifest_digest)
    store.tag(one, reference("tools:1"), 5)
    store.add_digest(one, digest)
    store.add_digest(one, digest)
    store.add_digest(one, elsewhere)
    assert one.digests == [digest, elsewhere]
    assert store.untag(one, [reference("tools:1"), digest, reference("other:1")]) == [reference("tools:1"), digest]
    assert store.named(reference("tools:1")) is None
    assert store.named(digest) is one  # a digest is found on any registry
    assert store.untag(one, [elsewhere]) == [elsewhere]
    assert store.named(digest) is None


def test_children_follow_the_parent() -> None:
    store = ImageStore()
    base = store.add(image("a"))
    child = store.add(image("b", parent=base.id))
    late = store.add(image("c"))
    assert store.children(base) == [child]
    assert store.children(None) == [base, late]
    store.set_parent(late, base.id)
    assert store.children(base) == [child, late]
    store.remove(child)
    assert store.children(base) == [late]
    assert store.children(None) == [base]


def test_layers_are_shared_while_another_image_has_them() -> None:
    store = ImageStore()
    first, second = store.add(image("a", size=10)), store.add(image("b", size=10))
    other = store.add(image("a", size=20))
    assert store.shared_size(first) == store.shared_size(second) == 10
    assert store.shared_size(other) == 0
    assert store.chain_ids() == set(store.layer_sizes()) == {*first.chain_ids, *second.chain_ids, *other.chain_ids}
    store.remove(second)
    assert store.shared_size(first) == 0
    assert store.chain_ids() == {*first.chain_ids, *other.chain_ids}


def test_an_image_is_there_once() -> None:
    store = ImageStore()
    one, same = image("a"), image("a")
    assert one.id == same.id
    assert store.add(one) is store.add(same) is one
    assert list(store) == [one]
    store.remove(one)
    assert len(store) == 0
    assert store.get(one.id) is None
    with pytest.raises(NotFound):
        store.find(one.id)


def test_a_store_takes_other_images() -> None:
    store = ImageStore()
    old, new = store.add(image("a")), image("b")
    store.tag(old, reference("tools:1"), 5)
    new.references.append(reference("tools:2"))
    store.replace([new])
    assert list(store) == [new]
    assert store.named(reference("tools:1")) is None
    assert store.named(reference("tools:2")) is new
    assert store.lookup("tools:1") is None
    assert store.lookup("tools:2") is new
