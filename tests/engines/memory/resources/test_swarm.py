"""The reference engine is in no swarm: through a client it answers as 20.10, 26.1 and 28.5 do outside a swarm."""

from collections.abc import Callable, Iterator

import pytest

from engine_api.api.configs import ConfigSpec
from engine_api.api.errors import InvalidParameter, NotImplementedByEngine, Unavailable
from engine_api.api.nodes import NodeSpec
from engine_api.api.secrets import SecretSpec
from engine_api.api.services import ServiceSpec
from engine_api.api.swarm import Driver, SwarmInitRequest, SwarmJoinRequest, SwarmSpec, SwarmUnlockRequest
from engine_api.api.versions import Version
from engine_api.client import Client
from engine_api.testing import RunningEngine
from engine_api.versions.changes import changes_above
from engine_api.versions.changes.v1_37 import KnowSecretTemplating

NO_MANAGER = 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join"'


@pytest.fixture
def client(engine: RunningEngine) -> Iterator[Client]:
    with Client(engine.host) as client:
        yield client


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.swarm.inspect(),
        lambda client: client.swarm.update(SwarmSpec(), version=1),
        lambda client: client.swarm.unlock_key(),
        lambda client: client.swarm.unlock(SwarmUnlockRequest(unlock_key="SWMKEY-1-x")),
        lambda client: client.nodes.list(),
        lambda client: client.nodes.inspect("self"),
        lambda client: client.nodes.update("self", NodeSpec(), version=1),
        lambda client: client.nodes.delete("self"),
        lambda client: client.services.list(status=True),
        lambda client: client.services.create(ServiceSpec(name="web")),
        lambda client: client.services.inspect("web", insert_defaults=True),
        lambda client: client.services.update("web", ServiceSpec(name="web"), version=1),
        lambda client: client.services.delete("web"),
        lambda client: client.services.logs("web", stdout=True),
        lambda client: client.tasks.list(filters={"service": ["web"]}),
        lambda client: client.tasks.inspect("t"),
        lambda client: client.tasks.logs("t", stderr=True),
        lambda client: client.secrets.list(),
        lambda client: client.secrets.create(SecretSpec(name="s", data="c2VjcmV0", templating=Driver(name="golang"))),
        lambda client: client.secrets.inspect("s"),
        lambda client: client.secrets.update("s", SecretSpec(name="s"), version=1),
        lambda client: client.secrets.delete("s"),
        lambda client: client.configs.list(),
        lambda client: client.configs.create(ConfigSpec(name="c", data="YT0x")),
        lambda client: client.configs.inspect("c"),
        lambda client: client.configs.update("c", ConfigSpec(name="c"), version=1),
        lambda client: client.configs.delete("c"),
    ],
)
def test_only_managers_answer(client: Client, call: Callable[[Client], object]) -> None:
    with pytest.raises(Unavailable, match=NO_MANAGER):
        call(client)


def test_it_has_no_swarm_to_leave(client: Client) -> None:
    with pytest.raises(Unavailable, match="This node is not part of a swarm"):
        client.swarm.leave(force=True)


def test_it_cannot_be_in_a_swarm(client: Client) -> None:
    with pytest.raises(NotImplementedByEngine, match="neither make a swarm nor join one"):
        client.swarm.init(SwarmInitRequest(listen_addr="[::1]:2377", advertise_addr="eth0"))
    with pytest.raises(NotImplementedByEngine, match="neither make a swarm nor join one"):
        client.swarm.join(SwarmJoinRequest(listen_addr="0.0.0.0:2377", remote_addrs=["192.0.2.1:2377"]))


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("a:b:c", "could not parse listen address a:b:c"),
        ("nosuchif", r"listen address must be an IP address or network interface \(with optional port number\)"),
    ],
)
def test_where_it_would_listen(client: Client, address: str, message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        client.swarm.init(SwarmInitRequest(listen_addr=address))
    with pytest.raises(InvalidParameter, match=message):
        client.swarm.join(SwarmJoinRequest(listen_addr=address, remote_addrs=["192.0.2.1:2377"]))


def test_what_it_would_tell_others(client: Client) -> None:
    for address in ("0.0.0.0", "nosuchif", "a:b:c"):
        with pytest.raises(InvalidParameter, match="advertise address must be a non-zero IP address"):
            client.swarm.init(SwarmInitRequest(listen_addr="0.0.0.0:2377", advertise_addr=address))
    with pytest.raises(InvalidParameter, match='invalid remoteAddr "": invalid empty address'):
        client.swarm.join(SwarmJoinRequest(listen_addr="0.0.0.0:2377", remote_addrs=[""]))


def test_output_needs_a_stream(client: Client) -> None:
    with pytest.raises(InvalidParameter, match="must specify at least one of"):
        client.services.logs("web")
    with pytest.raises(InvalidParameter, match="must specify at least one of"):
        client.tasks.logs("t")


def test_output_of_old_versions_asks_for_the_service_first(engine: RunningEngine) -> None:
    with Client(engine.host, version="1.41") as client, pytest.raises(Unavailable, match=NO_MANAGER):
        client.services.logs("web")


def test_templates_are_refused_in_the_words_of_the_version_asked_for() -> None:
    change = next(one for one in changes_above(Version(1, 36), "SecretCreate") if isinstance(one, KnowSecretTemplating))
    with pytest.raises(InvalidParameter, match="secret templating is not supported on the specified API version: 1.36"):
        change.refuse({"spec": SecretSpec(name="s", templating=Driver(name="golang"))})
    change.refuse({"spec": SecretSpec(name="s")})
