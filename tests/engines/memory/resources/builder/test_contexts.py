"""Contexts that mean harm or make no sense: refused, and nothing of the host is touched."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.serving import Served, serving

DOCKERFILE = ("Dockerfile", b"FROM busybox\n")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving([f"unix://{tmp_path_factory.mktemp('contexts')}/engine.sock"]) as found:
        yield found


def entry(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, len(data)
    return info, data


def archive(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        for info, data in (entry(*DOCKERFILE), *entries):
            made.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def build(served: Served, body: bytes, **query: str) -> tuple[int, str]:
    answer = served.ask("POST", f"/build?{urlencode(query)}", body, Content_Type="application/x-tar")
    return answer.status, answer.body.decode()


@pytest.mark.parametrize(
    "compress", [bytes, gzip.compress, bz2.compress, lzma.compress], ids=["tar", "gzip", "bzip2", "xz"]
)
def test_an_archive_however_it_is_compressed(served: Served, compress: object) -> None:
    assert callable(compress)
    status, body = build(served, compress(archive()))
    assert status == 200
    assert "Successfully built" in body


# What docker 28.5 answers to each.
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"garbage" * 200, "archive/tar: invalid tar header"),
        (b"FROM busybox\n", "unexpected EOF"),
        (b"\x1f\x8b" + b"x" * 100, "unexpected EOF"),
        (gzip.compress(archive(entry("x", b"y" * 5000)), mtime=0)[:60], "unexpected EOF"),
        (archive(entry("x", b"y" * 5000))[:2000], "unexpected EOF"),
        (archive(entry("../x", b"1")), 'invalid entry name "../x"'),
        (archive(entry("a/../../x", b"1")), 'invalid entry name "a/../../x"'),
        (
            archive(entry("x", kind=tarfile.LNKTYPE, link="../../etc/passwd")),
            'invalid hardlink target "../../etc/passwd"',
        ),
        (b"", "Cannot locate specified Dockerfile: Dockerfile"),
    ],
)
def test_an_archive_that_is_refused(served: Served, body: bytes, message: str) -> None:
    status, answer = build(served, body)
    assert (status, json.loads(answer)) == (500, {"message": message})


def test_links_and_devices_stay_inside(served: Served) -> None:
    status, body = build(
        served,
        archive(
            entry("out", kind=tarfile.SYMTYPE, link="../../../../etc"),
            entry("device", kind=tarfile.CHRTYPE),
            entry("/absolute", b"1"),
        ),
    )
    assert status == 200, body


@pytest.mark.parametrize("name", ["../Dockerfile", "a/../../Dockerfile", "/../Dockerfile"])
def test_a_dockerfile_that_leads_out(served: Served, name: str) -> None:
    status, body = build(served, archive(), dockerfile=name)
    assert (status, "forbidden path outside the build context" in body) == (500, True)


def test_a_dockerfile_that_is_a_link_out(served: Served) -> None:
    body = archive(entry("Leads", kind=tarfile.SYMTYPE, link="/../../../../../etc/hostname"))
    assert build(served, body, dockerfile="Leads") == (
        500,
        '{"message":"Cannot locate specified Dockerfile: Leads"}\n',
    )


@pytest.mark.parametrize("source", ["../../etc/passwd", "out/passwd", "out"])
def test_nothing_outside_is_copied(served: Served, source: str) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as found:
        for info, data in (
            entry("Dockerfile", f"FROM busybox\nCOPY {source} /copied\n".encode()),
            entry("out", kind=tarfile.SYMTYPE, link="../../../../../../etc"),
        ):
            found.addfile(info, io.BytesIO(data))
    status, body = build(served, made.getvalue())
    assert status == 200
    assert "COPY failed" in body


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_a_bomb_is_capped(served: Served, compress: object) -> None:
    assert callable(compress)
    info = tarfile.TarInfo("zeros")
    info.size = 600 << 20
    head = info.tobuf()
    piece = compress(bytes(60 << 20))
    status, body = build(served, compress(head) + piece * 10)
    assert (status, json.loads(body)) == (400, {"message": "the context cannot be unpacked: File too large"})


def test_a_bomb_within_a_context_is_capped(served: Served) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as bomb:
        info = tarfile.TarInfo("zeros")
        info.size = 600 << 20
        bomb.addfile(info, _Zeros())  # type: ignore[arg-type]
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as found:
        for one, data in (
            entry("Dockerfile", b"FROM busybox\nADD bomb.tar.gz /\n"),
            entry("bomb.tar.gz", buffer.getvalue()),
        ):
            found.addfile(one, io.BytesIO(data))
    status, body = build(served, made.getvalue())
    assert status == 200
    assert "failed to copy files: Error processing tar file" in body


class _Zeros:
    def read(self, size: int) -> bytes:
        return bytes(size)


@pytest.mark.parametrize(
    ("remote", "status", "message"),
    [
        ("nowhere", 500, "remoteURL (nowhere) could not be recognized as URL"),
        ("http://192.0.2.1/x", 500, "error downloading remote context http://192.0.2.1/x"),
        ("https://192.0.2.1/x.git", 500, "error fetching"),
        ("git://192.0.2.1/x", 500, "error fetching"),
        ("client-session", 400, "experimental session with v1 builder is no longer supported"),
    ],
)
def test_a_context_elsewhere_is_never_fetched(served: Served, remote: str, status: int, message: str) -> None:
    got, body = build(served, b"", remote=remote)
    assert (got, message in body) == (status, True)


def test_what_is_added_is_never_fetched(served: Served) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as found:
        info, data = entry("Dockerfile", b"FROM busybox\nADD http://192.0.2.1/x /\n")
        found.addfile(info, io.BytesIO(data))
    assert 'ADD failed: Get \\"http://192.0.2.1/x\\"' in build(served, made.getvalue())[1]
