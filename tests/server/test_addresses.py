"""Listening addresses: sockets, certificates, and addresses that are refused."""

import os
import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
import trustme

from engine_api.server.addresses import Address, ListenError, TlsFiles
from tests.certificates import Certificates
from tests.serving import Raw, serving

REQUEST = b"GET /_ping HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates for this module."""
    return Certificates(tmp_path_factory.mktemp("tls"))


def test_a_unix_socket_is_for_owner_and_group_and_goes_with_the_server(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    with serving([f"unix://{path}"]) as served:
        mode = os.stat(path).st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o660
        assert served.ask("GET", "/_ping").status == 200
    assert not path.exists()


def test_a_socket_that_nobody_listens_on_is_replaced_and_one_in_use_is_not(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with serving([f"unix://{path}"]) as served:
        with pytest.raises(ListenError, match="another server listens on it"), serving([f"unix://{path}"]):
            pass
        assert served.ask("GET", "/_ping").status == 200


def test_a_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("text")
    with pytest.raises(ListenError, match="is there, and is no socket"), serving([f"unix://{path}"]):
        pass
    assert path.read_text() == "text"


def test_several_addresses_at_once(tmp_path: Path) -> None:
    with serving([f"unix://{tmp_path}/a.sock", f"unix://{tmp_path}/b.sock", "tcp://127.0.0.1:0"]) as served:
        assert len(served.addresses) == 3
        for address in served.addresses:
            with Raw(address) as connection:
                connection.send(REQUEST)
                assert connection.answer().body == b"OK"


@pytest.mark.parametrize("address", ["tcp://0.0.0.0:0", "tcp://[::]:0"])
def test_tcp_outside_loopback_needs_client_certificates_or_an_explicit_word(address: str) -> None:
    with pytest.raises(ListenError, match="can be reached from other machines"), serving([address]):
        pass


def test_insecure_is_a_word(tmp_path: Path) -> None:
    with serving(["tcp://0.0.0.0:0"], insecure=True) as served:
        port = served.address.rpartition(":")[2]
        with Raw(f"tcp://127.0.0.1:{port}") as connection:
            connection.send(REQUEST)
            assert connection.answer().status == 200


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no address"),
        ("/run/docker.sock", "is no address"),
        ("unix://docker.sock", "must be absolute"),
        ("ssh://host", "is not supported"),
        ("tcp://127.0.0.1", "is no address"),
        ("tcp://127.0.0.1:x", "Port could not be cast"),
        ("tcp://127.0.0.1:99999", "out of range"),
        ("tcp://:2375", "is no address"),
        ("tcp://127.0.0.1:2375/path", "is no address"),
    ],
)
def test_addresses_that_are_none(text: str, words: str) -> None:
    with pytest.raises(ListenError, match=words):
        Address.parse(text)


@pytest.mark.parametrize("text", ["unix:///run/docker.sock", "tcp://127.0.0.1:2375", "tcp://[::1]:2375"])
def test_addresses_are_written_as_they_are_read(text: str) -> None:
    assert str(Address.parse(text)) == text
    assert Address.parse(text).loopback


def test_an_address_that_is_taken_or_not_ours(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match="in use"), serving([f"tcp://127.0.0.1:{port}"]):
            pass
    with pytest.raises(ListenError, match="No such file"), serving([f"unix://{tmp_path}/none/docker.sock"]):
        pass
    with pytest.raises(ListenError, match="at most 107 bytes"), serving([f"unix://{tmp_path}/{'x' * 120}"]):
        pass
    with (
        pytest.raises(ListenError, match=r"no\.such\.name\.invalid"),
        serving(["tcp://no.such.name.invalid:1"], insecure=True),
    ):
        pass


def test_one_bad_address_opens_none(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    with pytest.raises(ListenError), serving([f"unix://{path}", f"unix://{tmp_path}/none/docker.sock"]):
        pass
    assert not path.exists()


def test_a_client_certificate_of_our_authority_is_let_in(certificates: Certificates) -> None:
    with (
        serving(["tcp://127.0.0.1:0"], tls=certificates.files) as served,
        served.connect(tls=certificates.client()) as connection,
    ):
        connection.send(REQUEST)
        assert connection.answer().body == b"OK"


@pytest.mark.parametrize("who", ["missing", "foreign", "expired"])
def test_other_clients_fail_the_handshake_and_the_application_sees_no_byte(
    certificates: Certificates, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    if who == "missing":
        context = certificates.stranger()
    else:
        context = certificates.client(trustme.CA() if who == "foreign" else None, expired=who == "expired")
    with serving(["tcp://127.0.0.1:0"], tls=certificates.files) as served:

        def use() -> bytes:
            # With TLS 1.3 a client only learns of the refusal when it reads.
            try:
                with served.connect(tls=context) as connection:
                    connection.send(REQUEST)
                    return connection.socket.recv(10)
            except (ssl.SSLError, ConnectionError):
                return b""

        assert use() == b""
        assert served.settled()[1] == 0
        assert not caplog.records
        with served.connect(tls=certificates.client()) as connection:
            connection.send(REQUEST)
            assert connection.answer().status == 200


def test_plain_http_on_a_tls_address_gets_no_answer(certificates: Certificates) -> None:
    with serving(["tcp://127.0.0.1:0"], tls=certificates.files) as served, served.connect() as connection:
        connection.send(REQUEST)
        assert b"HTTP" not in connection.rest()


def test_tls_files_that_cannot_be_used(tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"
    with pytest.raises(ListenError, match="the TLS files cannot be used"):
        TlsFiles(missing, missing, missing).context()


def test_the_end_of_input_over_tls_hangs_nothing(certificates: Certificates) -> None:
    """TLS has no half-close here: the end of the client's direction is the end of the connection."""
    with serving(["tcp://127.0.0.1:0"], tls=certificates.files) as served:
        body = b'{"Image":"busybox","Cmd":["cat"],"OpenStdin":true,"StdinOnce":true,"AttachStdin":true}'
        with served.connect(tls=certificates.client()) as connection:
            head = f"POST /containers/create?name=cat HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
            connection.send(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
            assert connection.answer().status == 201
        with served.connect(tls=certificates.client()) as connection:
            target = "/containers/cat/attach?stream=1&stdin=1&stdout=1"
            head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
            connection.send(head.encode())
            assert connection.answer().status == 101
            assert isinstance(connection.socket, ssl.SSLSocket)
            connection.send(b"bye\n")
            ended = threading.Thread(target=connection.socket.unwrap, daemon=True)
            ended.start()
            ended.join(10)
            assert not ended.is_alive()
        assert served.settled()[1] == 0
