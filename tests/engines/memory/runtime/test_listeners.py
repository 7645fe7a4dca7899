"""Published ports are real only where that was asked for, and only on the loopback interface."""

import socket
from collections.abc import Iterator

import pytest

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InternalError
from engine_api.api.hostconfig import HostConfig, PortBinding
from engine_api.client import Client
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.sockets import Connection
from engine_api.testing import RunningEngine, running_engine


def serve_echo(engine: RunningEngine) -> None:
    async def talk(connection: Connection) -> None:
        async for line in connection.lines():
            await connection.write(b"you said " + line + b"\n")

    @engine.program("echo:1", ports=["7/tcp"])
    async def echo(process: Process) -> int:
        await process.serve(7, talk)


@pytest.fixture
def client() -> Iterator[Client]:
    with running_engine(open_ports=True) as engine, Client(engine.host) as client:
        serve_echo(engine)
        yield client


def publish(client: Client, port: str = "") -> int:
    host = HostConfig(port_bindings={"7/tcp": [PortBinding(host_port=port)]})
    config = ContainerCreateRequest(image="echo:1", host_config=host)
    client.containers.create(config, name="echo")
    client.containers.start("echo")
    ports = client.containers.list()[0].ports
    return next(one.public_port for one in ports or () if isinstance(one.public_port, int))


def test_a_port_leads_to_a_program(client: Client) -> None:
    number = publish(client)
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", number), timeout=10) as connection:
            connection.sendall(b"one\ntwo\n")
            connection.shutdown(socket.SHUT_WR)
            with connection.makefile("rb") as answers:
                assert answers.read() == b"you said one\nyou said two\n"
    client.containers.stop("echo", timeout=0)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", number), timeout=10)


def test_a_port_that_something_else_has(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        with pytest.raises(InternalError, match=f"failed to bind host port for 127.0.0.1:{number}/tcp"):
            publish(client, str(number))
    client.containers.start("echo")
    socket.create_connection(("127.0.0.1", number), timeout=10).close()


def test_ports_are_pretended_by_default() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        with running_engine() as engine, Client(engine.host) as client:
            serve_echo(engine)
            assert publish(client, str(number)) == number
