"""Archives that clients send: bad ones, hostile ones, and large ones in flat memory."""

import bz2
import gzip
import io
import lzma
import resource
import tarfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.server.conftest import run
from tests.serving import Answer, Served


def archive(members: Iterable[tuple[tarfile.TarInfo | str, bytes]]) -> bytes:
    """A tar archive of files, or of members as they are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member, data in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """A member that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def load(server: Served, body: bytes, name: str = "made") -> Answer:
    """Import an archive as an image."""
    return server.ask("POST", f"/images/create?fromSrc=-&repo={name}", body, Content_Type="application/x-tar")


def failed(answer: Answer) -> str:
    """Why an import failed, in either form that an engine has for it."""
    if answer.status >= 400:
        return answer.message
    last = answer.body.decode().strip().splitlines()[-1]
    assert '"errorDetail"' in last, answer
    return last


GOOD = archive([("etc/greeting", b"hello\n")])


@pytest.mark.parametrize("compress", [bytes, gzip.compress, bz2.compress, lzma.compress], ids=lambda f: f.__module__)
def test_archives_may_be_compressed(server: Served, compress: Callable[[bytes], bytes]) -> None:
    assert load(server, compress(GOOD)).status == 200
    assert server.ask("GET", "/images/made/json").json["Size"] == 6


@pytest.mark.parametrize(
    "body",
    [
        b"this is no archive, and it is longer than the block of five hundred and twelve bytes " * 10,
        b"\xff" * 2048,
        b"\x1f\x8b" + b"\0" * 600,
        b"BZh9" + b"\0" * 600,
        b"\xfd7zXZ\0" + b"\0" * 600,
        gzip.compress(GOOD, mtime=0)[:-20],
        gzip.compress(b"x" * 2000, mtime=0),
        GOOD[:100] + b"\xff" * 50 + GOOD[150:],
    ],
    ids=lambda body: repr(body[:10]),
)
def test_what_is_no_archive_makes_no_image(server: Served, body: bytes) -> None:
    assert failed(load(server, body))
    assert server.ask("GET", "/images/made/json").status == 404


def test_hostile_names_and_links_stay_inside(server: Served, tmp_path: Path) -> None:
    """Nothing but memory is written, and nothing of the host is read."""
    outside = tmp_path / "outside"
    outside.write_text("the host's")
    members: list[tuple[tarfile.TarInfo | str, bytes]] = [
        ("../../../../../../escaped", b"x"),
        (f"../../../../../..{tmp_path}/escaped", b"x"),
        (f"{tmp_path}/absolute", b"x"),
        special("link", tarfile.SYMTYPE, str(tmp_path)),
        ("link/through", b"x"),
        special("up", tarfile.SYMTYPE, "../../../../../../../.."),
        (f"up{tmp_path}/through", b"x"),
        special("device", tarfile.CHRTYPE),
        special("block", tarfile.BLKTYPE),
        special("fifo", tarfile.FIFOTYPE),
        special("loop", tarfile.SYMTYPE, "loop"),
        ("bin/sh", b"#!/bin/sh\n"),
    ]
    for member in members:
        load(server, archive([member]))
    load(server, archive([*members[:-2], special("shadow", tarfile.SYMTYPE, str(outside))]))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside"]
    assert outside.read_text() == "the host's"


@pytest.mark.parametrize("target", ["../../../../../etc/passwd", "/etc/passwd", "nothing"])
def test_a_hard_link_to_what_is_not_in_the_archive_is_refused(server: Served, target: str) -> None:
    assert failed(load(server, archive([special("stolen", tarfile.LNKTYPE, target)])))
    assert server.ask("GET", "/images/made/json").status == 404


def test_a_container_sees_only_the_archive(server: Served, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the host's")
    identifier = run(server, "cat", str(secret))
    server.ask("POST", f"/containers/{identifier}/wait")
    logs = server.ask("GET", f"/containers/{identifier}/logs?stdout=1&stderr=1").body
    assert b"No such file or directory" in logs


def test_compression_bombs_are_capped(server: Served) -> None:
    """A gigabyte of zeros in a megabyte: refused, and without the memory for it."""
    header = tarfile.TarInfo("zeros")
    header.size = 1 << 30
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = pack.compress(header.tobuf())
    block = bytes(1 << 20)
    body += b"".join(pack.compress(block) for _ in range(1 << 10)) + pack.flush()
    assert len(body) < 2 << 20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "File too large" in failed(load(server, body))
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 100
    assert server.ask("GET", "/images/made/json").status == 404


def test_a_body_that_ends_early_makes_no_image(server: Served) -> None:
    with server.connect() as connection:
        connection.send(
            b"POST /images/create?fromSrc=-&repo=made HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + GOOD
        )
        connection.end()
        connection.rest()
    server.settled()
    assert server.ask("GET", "/images/made/json").status == 404


def test_a_large_archive_is_read_as_it_comes(server: Served) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    header = tarfile.TarInfo("data")
    header.size = 100 << 20
    with server.connect(timeout=60) as connection:
        connection.send(
            b"POST /images/create?fromSrc=-&repo=made HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        piece = header.tobuf()
        connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        piece = bytes(1 << 20)
        for _ in range(100):
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.send(b"%x\r\n%s\r\n0\r\n\r\n" % (1024, bytes(1024)))
        answer = connection.answer()
    assert answer.status == 200
    assert server.ask("GET", "/images/made/json").json["Size"] == 100 << 20
    # The content itself is kept in memory; beyond it there may be one more copy, no more.
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 350


# Into containers


@pytest.fixture
def box(server: Served) -> str:
    """A container with a directory `/box` and a file `/secret` beside it."""
    identifier = run(server, "sh", "-c", "mkdir /box; echo kept > /secret")
    server.ask("POST", f"/containers/{identifier}/wait")
    return identifier


def put(server: Served, box: str, body: bytes, more: str = "") -> Answer:
    return server.ask("PUT", f"/containers/{box}/archive?path=/box{more}", body, Content_Type="application/x-tar")


def files(server: Served, box: str, path: str = "/box/.") -> dict[str, bytes]:
    """The content of the files at a path; of what is no file, the kind."""
    answer = server.ask("GET", f"/containers/{box}/archive?path={path}")
    assert answer.status == 200, answer
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            found[member.name] = member.type if content is None else content.read()
    return found


LEADING_OUT: dict[str, list[tuple[tarfile.TarInfo | str, bytes]]] = {
    "a name with dots": [("../secret", b"x")],
    "dots within a name": [("a/../../secret", b"x")],
    "many dots": [("../../../../../../etc/passwd", b"x")],
    "dots after a slash": [("/../secret", b"x")],
    "a link with dots": [special("out", tarfile.SYMTYPE, "../"), ("out/secret", b"x")],
    "a chain of links": [special("a", tarfile.SYMTYPE, "b"), special("b", tarfile.SYMTYPE, ".."), ("a/secret", b"x")],
    "an absolute link": [special("out", tarfile.SYMTYPE, "/"), ("out/secret", b"x")],
    "a hard link with dots": [special("out", tarfile.LNKTYPE, "../secret"), ("out", b"x")],
    "an absolute hard link": [special("out", tarfile.LNKTYPE, "/secret"), ("out", b"x")],
    "links in a circle": [special("a", tarfile.SYMTYPE, "b"), special("b", tarfile.SYMTYPE, "a"), ("a/x", b"x")],
}


@pytest.mark.parametrize("members", LEADING_OUT.values(), ids=LEADING_OUT)
def test_nothing_gets_out_of_the_target(
    server: Served, box: str, members: list[tuple[tarfile.TarInfo | str, bytes]]
) -> None:
    host = Path("/etc/passwd").read_bytes()
    before = files(server, box, "/etc")
    assert put(server, box, archive(members)).status in (200, 404, 500)
    assert files(server, box, "/secret") == {"secret": b"kept\n"}
    assert files(server, box, "/etc") == before
    assert Path("/etc/passwd").read_bytes() == host
    assert not Path("/secret").exists()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([("../one", b"x")], 'invalid entry name "../one"'),
        ([special("out", tarfile.LNKTYPE, "../../etc/passwd")], 'invalid hardlink target "../../etc/passwd"'),
        ([special("out", tarfile.SYMTYPE, "../../etc"), ("out/x", b"x")], "statat out/x: path escapes from parent"),
    ],
)
def test_what_leads_out_is_refused(
    server: Served, box: str, members: list[tuple[tarfile.TarInfo | str, bytes]], message: str
) -> None:
    answer = put(server, box, archive(members))
    assert (answer.status, answer.message) == (500, message)


def test_absolute_names_and_links_count_from_the_target(server: Served, box: str) -> None:
    members: list[tuple[tarfile.TarInfo | str, bytes]]
    members = [("/abs", b"1"), special("door", tarfile.SYMTYPE, "/room"), ("door/inside", b"2")]
    assert put(server, box, archive(members)).status == 200
    assert files(server, box) == {
        ".": tarfile.DIRTYPE,
        "./abs": b"1",
        "./door": tarfile.SYMTYPE,
        "./room": tarfile.DIRTYPE,
        "./room/inside": b"2",
    }


def test_devices_do_nothing(server: Served, box: str) -> None:
    members = [special("disk", tarfile.BLKTYPE), special("null", tarfile.CHRTYPE), special("pipe", tarfile.FIFOTYPE)]
    assert put(server, box, archive(members)).status == 200
    made = {"./disk": tarfile.BLKTYPE, "./null": tarfile.CHRTYPE, "./pipe": tarfile.FIFOTYPE}
    assert files(server, box) == {".": tarfile.DIRTYPE, **made}


@pytest.mark.parametrize("compress", [bytes, gzip.compress, bz2.compress, lzma.compress], ids=lambda f: f.__module__)
def test_files_for_containers_may_be_compressed(server: Served, box: str, compress: Callable[[bytes], bytes]) -> None:
    assert put(server, box, compress(GOOD)).status == 200
    assert files(server, box)["./etc/greeting"] == b"hello\n"


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"", 200, ""),
        (GOOD[:300], 500, "unexpected EOF"),
        (GOOD[:515], 500, "unexpected EOF"),
        (b"garbage" * 200, 500, "archive/tar: invalid tar header"),
    ],
    ids=["nothing", "half a header", "half a file", "garbage"],
)
def test_bad_archives_for_containers(server: Served, box: str, body: bytes, status: int, message: str) -> None:
    answer = put(server, box, body)
    assert answer.status == status
    assert not message or answer.message == message
    assert files(server, box) == {".": tarfile.DIRTYPE}


def test_a_bomb_for_a_container_is_refused(server: Served, box: str) -> None:
    zeros = archive([("zeros", bytes(64 << 20))])[: 512 + (64 << 20)]
    answer = put(server, box, gzip.compress(zeros * 9, 1))
    assert (answer.status, answer.message) == (400, "the archive is larger than this engine takes")
    assert files(server, box) == {".": tarfile.DIRTYPE}


def test_a_directory_and_a_file_do_not_replace_each_other_if_asked(server: Served, box: str) -> None:
    assert put(server, box, archive([("file", b"1"), special("folder", tarfile.DIRTYPE)])).status == 200
    over_file = put(server, box, archive([special("file", tarfile.DIRTYPE)]), "&noOverwriteDirNonDir=1")
    over_folder = put(server, box, archive([("folder", b"2")]), "&noOverwriteDirNonDir=1")
    assert over_file.message == 'cannot overwrite non-directory "file" with directory "/box"'
    assert over_folder.message == 'cannot overwrite directory "folder" with non-directory "/box"'
    assert put(server, box, archive([special("file", tarfile.DIRTYPE), ("folder", b"2")])).status == 200
    assert files(server, box) == {".": tarfile.DIRTYPE, "./file": tarfile.DIRTYPE, "./folder": b"2"}
