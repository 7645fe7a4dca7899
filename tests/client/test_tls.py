"""The clients over TLS: whom they trust, who they say they are, and what they do not wait for."""

import asyncio
import os
import socket
from pathlib import Path

import httpx
import pytest
import trustme

from engine_api.api.containers import ContainerCreateRequest
from engine_api.client import AsyncClient, Client, ConnectionFailed
from engine_api.client.address import EngineAddress, resolve
from engine_api.client.transport import AsyncTransport, Transport
from tests.certificates import Certificates
from tests.serving import Served


def address(served: Served, folder: Path, host: str = "localhost") -> EngineAddress:
    """The server's address, with the files of a folder, as the environment says it."""
    port = served.address.rpartition(":")[2]
    return resolve(
        {"DOCKER_HOST": f"tcp://{host}:{port}", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": os.fspath(folder)}
    )


def files(folder: Path, trusted: trustme.CA, own: trustme.CA | None) -> Path:
    """A folder as `DOCKER_CERT_PATH` means it."""
    folder.mkdir()
    trusted.cert_pem.write_to_path(folder / "ca.pem")
    if own is not None:
        made = own.issue_cert("client@example.org")
        made.private_key_pem.write_to_path(folder / "key.pem")
        (folder / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
    return folder


def test_both_sides_know_each_other(behind_tls: Served, certificates: Certificates, tmp_path: Path) -> None:
    where = address(behind_tls, files(tmp_path / "files", certificates.authority, certificates.authority))
    with Client(where) as client:
        assert client.system.ping() == client.system.ping()

    async def scenario() -> None:
        async with AsyncClient(where) as client:
            assert await client.system.ping() == await client.system.ping()

    asyncio.run(scenario())


@pytest.mark.parametrize("which", ["a server of another authority", "a server of another name", "no own certificate"])
def test_who_is_not_known_is_not_spoken_to(
    behind_tls: Served, certificates: Certificates, tmp_path: Path, which: str
) -> None:
    folder = files(
        tmp_path / "files",
        trustme.CA() if which == "a server of another authority" else certificates.authority,
        None if which == "no own certificate" else certificates.authority,
    )
    where = address(behind_tls, folder, "127.0.0.2" if which == "a server of another name" else "localhost")
    with Client(where) as client, pytest.raises(ConnectionFailed):
        client.system.ping()

    async def scenario() -> None:
        async with AsyncClient(where) as client:
            with pytest.raises(ConnectionFailed):
                await client.system.ping()

    asyncio.run(scenario())


def test_the_end_of_input_hangs_nothing(behind_tls: Served, certificates: Certificates, tmp_path: Path) -> None:
    """It does nothing, and the stream goes on."""
    where = address(behind_tls, files(tmp_path / "files", certificates.authority, certificates.authority))
    config = ContainerCreateRequest(image="busybox", cmd=["head", "-n", "2"], open_stdin=True, stdin_once=True)
    with Client(where) as client:
        made = client.containers.create(config)
        with client.containers.attach(made.id, stream=True, stdin=True, stdout=True) as duplex:
            client.containers.start(made.id)
            duplex.write(b"one\n")
            duplex.close_write()
            duplex.write(b"two\n")
            assert b"".join(chunk.data for chunk in duplex) == b"one\ntwo\n"

    async def scenario() -> None:
        async with AsyncClient(where) as client:
            made = await client.containers.create(config)
            async with await client.containers.attach(made.id, stream=True, stdin=True, stdout=True) as duplex:
                await client.containers.start(made.id)
                await duplex.write(b"one\n")
                await duplex.close_write()
                await duplex.write(b"two\n")
                assert b"".join([chunk.data async for chunk in duplex]) == b"one\ntwo\n"

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_a_server_that_never_greets_meets_the_deadline_of_connecting(
    certificates: Certificates, tmp_path: Path
) -> None:
    folder = files(tmp_path / "files", certificates.authority, None)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        where = resolve(
            {
                "DOCKER_HOST": f"tcp://127.0.0.1:{silent.getsockname()[1]}",
                "DOCKER_TLS_VERIFY": "1",
                "DOCKER_CERT_PATH": os.fspath(folder),
            }
        )
        timeout = httpx.Timeout(None, connect=0.2)
        with httpx.Client(transport=Transport(where), timeout=timeout) as client, pytest.raises(httpx.ConnectTimeout):
            client.get("http://docker/_ping")

        async def scenario() -> None:
            async with httpx.AsyncClient(transport=AsyncTransport(where), timeout=timeout) as client:
                with pytest.raises(httpx.ConnectTimeout):
                    await client.get("http://docker/_ping")

        asyncio.run(asyncio.wait_for(scenario(), 20))
