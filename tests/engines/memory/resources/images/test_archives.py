"""Archives of images: those that engines saved load, with the same IDs; attacks and bombs do not."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine_api.api.images import ProgressMessage
from engine_api.api.struct import UNSET
from engine_api.client import Client
from engine_api.engines.memory.resources.images import loading
from engine_api.engines.memory.userland import archives
from engine_api.testing import RunningEngine

SAVED = Path(__file__).parents[4] / "data" / "saved"

# What `docker image inspect` gave on the engine that saved the archive.
LAYER = "sha256:96cc5465c2408ef895d9aae6ad3365ada5f6cbe7934bb260e5312c1c32cf04ac"
IMAGES = {
    "docker-20.10": (
        "sha256:505ee43f8e8bc698fe72a8dff8044cdb22fd336e46581fb9d23f3d5226c0e972",
        "sha256:7f44a62d40733e9cbbbc539359d370e955b3412765fe1808b6a9f1a916503ef2",
        "sha256:b132eeacbad10ed250e528c4e31ff23ae5f7414d2bee8638f6a5bb20c489883f",
    ),
    "docker-26.1": (
        "sha256:3bf98580eb25ef47253996a18e2ddc9e1354ecc255a477ef670dd4721d15d01c",
        "sha256:3a0c6248b78d541c6652afd7f9b3e5e57f5b4ff40e98142c9e7313034e39e46d",
        "sha256:7118673d3da8640669ff9463f1de3134f85acae58856d43f50002243ca02f4d2",
    ),
    "docker-28.5": (
        "sha256:452bed61b90f05e92b38862ce9d155a6222ce50824b5a952e9df0ccb11c0923c",
        "sha256:15eac4e8001958b9ca578595dc00756731c2d608699bf6510031f1ccb85bdd8d",
        "sha256:3a919c0c0ba7f5393d9ab25b5a904d254a9ffb0c8100b5ff2ac05f768b39a741",
    ),
}


@pytest.fixture
def client(engine: RunningEngine) -> Iterator[Client]:
    with Client(engine.host) as client:
        yield client


def tar(files: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def files_of(archive: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        for member in opened:
            content = opened.extractfile(member)
            if content is not None:
                found[member.name] = content.read()
    return found


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def config_of(*layers: bytes, **more: Any) -> bytes:
    found = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Cmd": ["/x"]},
        "rootfs": {"type": "layers", "diff_ids": [digest_of(layer) for layer in layers]},
    }
    return json.dumps(found | more).encode()


def image_of(*layers: bytes, names: tuple[str, ...] = ("made:1",), **more: Any) -> bytes:
    """An archive with `manifest.json`."""
    files: dict[str, bytes | tarfile.TarInfo] = {f"{n}/layer.tar": layer for n, layer in enumerate(layers)}
    files["config.json"] = config_of(*layers, **more)
    item = {"Config": "config.json", "RepoTags": list(names), "Layers": [f"{n}/layer.tar" for n in range(len(layers))]}
    return tar({**files, "manifest.json": json.dumps([item]).encode()})


class Layout:
    """An OCI layout in the making."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | tarfile.TarInfo] = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}
        self.manifests: list[dict[str, Any]] = []

    def blob(self, data: bytes, kind: str, **more: Any) -> dict[str, Any]:
        digest = digest_of(data)
        self.files[f"blobs/{digest.replace(':', '/')}"] = data
        return {"mediaType": kind, "digest": digest, "size": len(data), **more}

    def image(self, *layers: bytes, architecture: str = "amd64", zipped: bool = True) -> dict[str, Any]:
        kind = "application/vnd.oci.image.layer.v1.tar+gzip"
        config = self.blob(config_of(*layers, architecture=architecture), "application/vnd.oci.image.config.v1+json")
        blobs = [self.blob(gzip.compress(layer) if zipped else layer, kind) for layer in layers]
        return self.manifest({"config": config, "layers": blobs})

    def manifest(self, content: dict[str, Any], **more: Any) -> dict[str, Any]:
        data = json.dumps({"schemaVersion": 2, **content}).encode()
        return self.blob(data, "application/vnd.oci.image.manifest.v1+json", **more)

    def index(self, *descriptors: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps({"schemaVersion": 2, "manifests": descriptors}).encode()
        return self.blob(data, "application/vnd.oci.image.index.v1+json")

    def named(self, descriptor: dict[str, Any], name: str) -> None:
        self.manifests.append({**descriptor, "annotations": {"io.containerd.image.name": name}})

    def archive(self) -> bytes:
        return tar({**self.files, "index.json": json.dumps({"manifests": self.manifests}).encode()})


def load(client: Client, archive: bytes, **options: Any) -> list[str]:
    """What loading an archive tells: its texts and errors."""
    return [str(m.stream if m.stream is not UNSET else m.error) for m in client.images.load([archive], **options)]


# What engines saved


@pytest.mark.parametrize("engine_name", IMAGES)
def test_what_an_engine_saved_is_loaded_with_its_ids(client: Client, engine_name: str) -> None:
    first, second, layer = IMAGES[engine_name]
    archive = (SAVED / f"{engine_name}.tar.gz").read_bytes()
    assert sorted(load(client, archive)) == ["Loaded image: saved:1\n", "Loaded image: saved:2\n"]
    found = client.images.inspect("saved:2")
    assert (found.id, found.comment, found.author, found.size) == (second, "second", "somebody", 10267)
    assert found.root_fs
    assert found.root_fs.layers == [LAYER, layer]
    assert found.config
    assert (found.config.env, found.config.cmd) == (["A=b"], ["/bin/hello"])
    assert client.images.inspect("saved:1").id == first
    assert [image.parent_id for image in client.images.list(filters={"reference": ["saved:2"]})] == [first]
    history = client.images.history("saved:2")
    assert [(step.id, step.created_by, step.size, step.comment) for step in history] == [
        (second, "/bin/hello", 10248, "second"),
        (first, "", 19, "Imported from -"),
    ]


@pytest.mark.parametrize("engine_name", IMAGES)
def test_what_was_loaded_is_saved_with_the_same_content(client: Client, engine_name: str) -> None:
    original = gzip.decompress((SAVED / f"{engine_name}.tar.gz").read_bytes())
    load(client, original)
    saved = files_of(client.images.get_all(names=["saved:1", "saved:2"]).read())
    before = {digest_of(data) for data in files_of(original).values()}
    for one in json.loads(saved["manifest.json"]):
        for name in (one["Config"], *one["Layers"]):
            assert name == f"blobs/{digest_of(saved[name]).replace(':', '/')}"
            assert digest_of(saved[name]) in before
    for descriptor in json.loads(saved["index.json"])["manifests"]:
        assert descriptor["digest"] == digest_of(saved[f"blobs/{descriptor['digest'].replace(':', '/')}"])
    assert json.loads(saved["repositories"])["saved"].keys() == {"1", "2"}


def test_what_was_saved_is_as_the_newest_engine_saves_it(client: Client) -> None:
    """The documents of the archive are those that docker 28.5 wrote for the same images."""
    original = gzip.decompress((SAVED / "docker-28.5.tar.gz").read_bytes())
    load(client, original)
    saved, expected = files_of(client.images.get_all(names=["saved:1", "saved:2"]).read()), files_of(original)
    assert json.loads(saved["manifest.json"]) == json.loads(expected["manifest.json"])
    assert json.loads(saved["oci-layout"]) == json.loads(expected["oci-layout"])
    ours, theirs = (json.loads(files["index.json"])["manifests"] for files in (saved, expected))
    assert [one["annotations"] for one in ours] == [one["annotations"] for one in theirs]
    for our, their in zip(ours, theirs, strict=True):
        blobs = [json.loads(f[f"blobs/{d['digest'].replace(':', '/')}"]) for f, d in ((saved, our), (expected, their))]
        assert blobs[0]["config"] == blobs[1]["config"]
        assert [layer["digest"] for layer in blobs[0]["layers"]] == [layer["digest"] for layer in blobs[1]["layers"]]


# Names


def test_without_a_tag_all_names_of_the_repository_are_saved(client: Client) -> None:
    client.images.tag("busybox", repo="tools", tag="1")
    client.images.tag("alpine", repo="tools", tag="2")
    saved = json.loads(files_of(client.images.get("tools").read())["manifest.json"])
    assert sorted(one["RepoTags"][0] for one in saved) == ["tools:1", "tools:2"]


def test_by_its_id_an_image_is_saved_without_a_name(client: Client) -> None:
    identifier = client.images.inspect("busybox").id
    for name in (identifier, identifier[7:19]):
        files = files_of(client.images.get(name).read())
        assert "repositories" not in files
        assert json.loads(files["manifest.json"])[0]["RepoTags"] is None
    assert load(client, client.images.get(identifier).read()) == [f"Loaded image ID: {identifier}\n"]


def test_what_several_images_share_is_saved_once(client: Client) -> None:
    client.images.tag("busybox", repo="tools", tag="1")
    archive = client.images.get_all(names=["busybox", "tools:1", "busybox:latest"]).read()
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        names = opened.getnames()
    assert len(names) == len(set(names))
    assert json.loads(files_of(archive)["manifest.json"])[0]["RepoTags"] == ["busybox:latest", "tools:1"]


def test_no_names_make_an_archive_without_images(client: Client) -> None:
    files = files_of(client.images.get_all().read())
    assert json.loads(files["index.json"])["manifests"] == []


def test_a_name_leaves_the_image_that_had_it(client: Client) -> None:
    old = client.images.inspect("busybox").id
    said = load(client, image_of(tar({"x": b"x"}), names=("busybox:latest", "made:1")))
    assert said == [
        f"The image busybox:latest already exists, renaming the old one with ID {old} to empty string\n",
        "Loaded image: busybox:latest\n",
        "Loaded image: made:1\n",
    ]
    assert client.images.inspect(old).repo_tags == []


def test_how_far_it_is_is_told_unless_it_is_to_be_quiet(client: Client) -> None:
    archive = image_of(tar({"x": b"x"}))
    steps: list[ProgressMessage] = list(client.images.load([archive], quiet=False))
    assert [step.status for step in steps[:-1]] == ["Loading layer", "Loading layer"]
    assert {step.id for step in steps[:-1]} == {digest_of(tar({"x": b"x"}))[7:19]}
    assert steps[-1].stream == "Loaded image: made:1\n"


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_compressed_archives_and_layers_are_loaded(client: Client, compress: Any) -> None:
    assert load(client, compress(image_of(tar({"x": b"x"})))) == ["Loaded image: made:1\n"]


def test_an_archive_in_small_pieces_is_loaded(client: Client) -> None:
    archive = image_of(tar({"x": bytes(2_000_000)}))
    pieces = [archive[at : at + 65_000] for at in range(0, len(archive), 65_000)]
    assert [message.stream for message in client.images.load(pieces)] == ["Loaded image: made:1\n"]
    assert client.images.inspect("made:1").size == 2_000_000


# OCI layouts


def test_an_oci_layout_is_loaded_for_the_engines_platform(client: Client) -> None:
    layout = Layout()
    arm, amd = layout.image(tar({"arm": b""}), architecture="arm64"), layout.image(tar({"amd": b"amd"}))
    layout.named(layout.index(arm, amd), "docker.io/library/made:1")
    assert load(client, layout.archive()) == ["Loaded image: made:1\n"]
    found = client.images.inspect("made:1")
    assert (found.architecture, found.size) == ("amd64", 3)


def test_an_oci_layout_is_loaded_for_the_platform_that_is_named(client: Client) -> None:
    layout = Layout()
    arm, amd = layout.image(tar({"arm": b""}), architecture="arm64"), layout.image(tar({"amd": b"amd"}))
    layout.named(layout.index(arm, amd), "docker.io/library/made:1")
    assert load(client, layout.archive(), platform=['{"architecture":"arm64"}']) == ["Loaded image: made:1\n"]
    assert client.images.inspect("made:1").architecture == "arm64"
    said = load(client, layout.archive(), platform=['{"os":"linux","architecture":"s390x"}'])
    assert said == ["no suitable image found for platform linux/s390x"]


def test_an_archive_for_another_platform_is_refused(client: Client) -> None:
    said = load(client, image_of(), platform=['{"os":"linux","architecture":"s390x"}'])
    assert said == ["requested platform (linux/s390x) does not match image platform (linux/amd64)"]


def test_statements_that_come_with_an_image_are_kept(client: Client) -> None:
    layout = Layout()
    image = layout.image(tar({"x": b"x"}), zipped=False)
    statement = {"_type": "https://in-toto.io/Statement/v0.1", "predicate": {"materials": []}}
    kind = "https://slsa.dev/provenance/v0.2"
    layer = layout.blob(
        json.dumps(statement).encode(), "application/vnd.in-toto+json", annotations={"in-toto.io/predicate-type": kind}
    )
    config = layout.blob(config_of(), "application/vnd.oci.image.config.v1+json")
    about = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image["digest"]}
    attestation = layout.manifest({"config": config, "layers": [layer]}, annotations=about)
    layout.named(layout.index(image, attestation), "docker.io/library/made:1")
    assert load(client, layout.archive()) == ["Loaded image: made:1\n"]
    found = client.images.attestations("made:1")
    assert [(one.predicate_type, one.descriptor.digest, one.statement) for one in found] == [
        (kind, layer["digest"], UNSET)
    ]
    assert client.images.attestations("made:1", statement=True)[0].statement == statement
    assert client.images.attestations("made:1", type=["https://spdx.dev/Document"]) == []
    assert len(client.images.attestations("made:1", type=["https://spdx.dev/Document", kind])) == 1


# What is broken


def broken(**changes: bytes | None) -> bytes:
    layer = tar({"x": b"x"})
    files: dict[str, bytes] = {
        "config.json": config_of(layer),
        "layer.tar": layer,
        "manifest.json": b'[{"Config":"config.json","RepoTags":["made:1"],"Layers":["layer.tar"]}]',
    }
    for name, content in changes.items():
        name = name.replace("_", ".")
        if content is None:
            del files[name]
        else:
            files[name] = content
    return tar(files)


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (b"x" * 2000, "archive/tar: invalid tar header"),
        (b"", "open repositories: no such file or directory"),
        (gzip.compress(b"x" * 100_000)[:50], "archive/tar: invalid tar header"),
        (b"\xfd7zXZ\x00" + b"x" * 100, "the archive is broken"),
        (broken(manifest_json=b"{"), "manifest.json: invalid JSON"),
        (broken(manifest_json=b"[" * 100_000), "manifest.json: invalid JSON"),
        (broken(manifest_json=b"3"), "manifest.json: invalid manifest"),
        (broken(manifest_json=b'[{"Config":3}]'), "manifest.json: invalid manifest"),
        (broken(manifest_json=b'[{"Config":"config.json","Layers":[3]}]'), "manifest.json: invalid manifest"),
        (broken(manifest_json=b'[{"Config":"config.json","Layers":{}}]'), "layers length mismatch: expected 0, got 1"),
        (broken(config_json=None), "open config.json: no such file or directory"),
        (broken(layer_tar=None), "open layer.tar: no such file or directory"),
        (broken(layer_tar=b"other"), 'invalid diffID for layer 0: expected "sha256:'),
        (broken(config_json=b"{"), "invalid image configuration"),
        (broken(config_json=b"[" * 100_000), "invalid image configuration"),
        (broken(config_json=b'{"config":{"Env":3}}'), "invalid image configuration"),
        (broken(config_json=config_of(tar({"x": b"x"}), created="yesterday")), "no time: yesterday"),
        (broken(config_json=config_of()), "layers length mismatch: expected 1, got 0"),
        (broken(config_json=b" " * 5_000_000), "longer than this engine reads"),
        (image_of(names=("NotLower:1",)), "must be lowercase"),
        (image_of(names=("made",)), 'invalid tag "made"'),
        (image_of(b"x" * 3000), "archive/tar: invalid tar header"),
        (image_of(b"\x28\xb5\x2f\xfd" + b"x" * 3000), "zstd"),
        (tar({"index.json": b"{}"}), "index.json: invalid descriptor"),
        (tar({"index.json": b'{"manifests":[{"digest":"sha256:aa"}]}'}), "no such file or directory"),
        (tar({"index.json": b'{"manifests":[{"digest":"md5:aa"}]}'}), "index.json: invalid descriptor"),
        (tar({"index.json": b'{"manifests":[{"annotations":3}]}'}), "index.json: invalid descriptor"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_broken_is_told_and_nothing_is_loaded(client: Client, archive: bytes, words: str) -> None:
    before = {image.id for image in client.images.list(all=True)}
    said = load(client, archive)
    assert len(said) == 1
    assert words in said[0]
    assert {image.id for image in client.images.list(all=True)} == before


def test_a_blob_that_is_not_of_its_digest_is_refused(client: Client) -> None:
    layout = Layout()
    layout.named(layout.image(tar({"x": b"x"})), "docker.io/library/made:1")
    for name in [name for name in layout.files if name.startswith("blobs/")]:
        data = layout.files[name]
        layout.files[name] = b"other"
        said = load(client, layout.archive())
        layout.files[name] = data
        assert "has the digest sha256:" in said[0]


def test_indexes_are_not_followed_for_ever(client: Client) -> None:
    layout = Layout()
    descriptor = layout.image(tar({"x": b"x"}))
    for _ in range(20):
        descriptor = layout.index(descriptor)
    layout.named(descriptor, "docker.io/library/made:1")
    assert load(client, layout.archive()) == ["index.json: indexes are nested too deeply"]


# Attacks


def member(name: str, kind: bytes, link: str = "", numbers: tuple[int, int] = (0, 0)) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.devmajor, info.devminor = numbers
    return info


ESCAPES: dict[str, dict[str, bytes | tarfile.TarInfo]] = {
    "parent": {"../../escaped": b"x", "a/../../../escaped": b"x"},
    "absolute": {"{}/escaped": b"x"},
    "symlink": {"out": member("out", tarfile.SYMTYPE, "{}"), "out/escaped": b"x"},
    "symlink up": {"out": member("out", tarfile.SYMTYPE, "../../../../../../.."), "out{}/escaped": b"x"},
    "hard link": {"secret": member("secret", tarfile.LNKTYPE, "{}/secret")},
    "device": {
        "disk": member("disk", tarfile.BLKTYPE, numbers=(8, 0)),
        "mem": member("mem", tarfile.CHRTYPE, numbers=(1, 1)),
    },
    "pipe": {"pipe": member("pipe", tarfile.FIFOTYPE)},
}


@pytest.mark.parametrize("attack", ESCAPES)
@pytest.mark.parametrize("where", ["archive", "layer"])
def test_no_archive_reaches_the_host(client: Client, tmp_path: Path, attack: str, where: str) -> None:
    (tmp_path / "secret").write_bytes(b"of the host")
    found: dict[str, bytes | tarfile.TarInfo] = {}
    for name, content in ESCAPES[attack].items():
        if isinstance(content, tarfile.TarInfo):
            content = member(
                content.name, content.type, content.linkname.format(tmp_path), (content.devmajor, content.devminor)
            )
        found[name.format(tmp_path)] = content
    before = sorted(os.listdir(tmp_path))
    if where == "archive":
        said = load(client, tar({**found, **dict(files_of(image_of(tar({"x": b"x"}))).items())}))
        assert said == ["Loaded image: made:1\n"]
    else:
        said = load(client, image_of(tar(found)))
        assert said == ["Loaded image: made:1\n"] or "cannot be unpacked" in said[0]
    assert sorted(os.listdir(tmp_path)) == before
    assert (tmp_path / "secret").read_bytes() == b"of the host"
    if said == ["Loaded image: made:1\n"]:
        assert b"of the host" not in client.images.get("made:1").read()


def test_links_of_an_archive_lead_nowhere_but_into_it(client: Client) -> None:
    layer = tar({"x": b"x"})
    files: dict[str, bytes | tarfile.TarInfo] = {
        "real/layer.tar": layer,
        "one/layer.tar": member("one/layer.tar", tarfile.SYMTYPE, "../real/layer.tar"),
        "config.json": config_of(layer),
        "manifest.json": b'[{"Config":"config.json","RepoTags":["made:1"],"Layers":["one/layer.tar"]}]',
    }
    assert load(client, tar(files)) == ["Loaded image: made:1\n"]
    files["config.json"] = member("config.json", tarfile.SYMTYPE, "/etc/passwd")
    assert load(client, tar(files)) == ["open config.json: no such file or directory"]


# Bombs


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """The limit on bytes, made small for this test."""
    limit = 4 * 1024 * 1024
    for function in (archives.read_archive, loading.load):
        assert function.__defaults__ is not None
        monkeypatch.setattr(function, "__defaults__", (*function.__defaults__[:-1], limit))
    return limit


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_a_compressed_bomb_is_refused(client: Client, small: int, compress: Any) -> None:
    bomb = compress(tar({"zeros": bytes(small * 4)}))
    assert len(bomb) < small / 10
    assert load(client, bomb) == ["the archive is larger than this engine takes"]


def test_a_bomb_in_a_layer_is_refused(client: Client, small: int) -> None:
    plain = tar({"zeros": bytes(small * 4)})
    layout = Layout()
    layout.named(layout.image(plain), "docker.io/library/made:1")
    archive = layout.archive()
    assert len(archive) < small / 10
    assert load(client, archive) == ["the archive is larger than this engine takes"]


def test_layers_that_together_are_too_large_are_refused(client: Client, small: int) -> None:
    layout = Layout()
    layers = [tar({f"zeros{n}": bytes(small // 2)}) for n in range(4)]
    layout.named(layout.image(*layers), "docker.io/library/made:1")
    assert "No space left on device" in load(client, layout.archive())[0]


def test_many_empty_files_are_refused(client: Client, small: int) -> None:
    layer = tar({f"f{n}": b"" for n in range(small // 256 + 1)})
    layout = Layout()
    layout.named(layout.image(layer), "docker.io/library/made:1")
    said = load(client, layout.archive())[0]
    assert "No space left on device" in said or "larger than this engine takes" in said


def test_an_archive_of_too_many_files_is_refused(client: Client) -> None:
    archive = tar({f"f{n}": b"" for n in range(10_001)})
    assert load(client, archive) == ["the archive has more files than this engine reads"]


def test_deep_folders_are_refused(client: Client) -> None:
    said = load(client, image_of(tar({"/".join(["d"] * 1000): b"x"})))
    assert "File name too long" in said[0]
