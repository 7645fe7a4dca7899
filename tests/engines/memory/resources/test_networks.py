"""Networks of the reference engine, beyond the examples; docker 28.5 was asked for what is expected here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from engine_api.api.containers import ContainerCreateRequest, ContainerInspectResponse
from engine_api.api.errors import Conflict, EngineError, Forbidden, InternalError, InvalidParameter, NotFound
from engine_api.api.hostconfig import HostConfig, PortBinding
from engine_api.api.networks import (
    IPAM,
    EndpointIPAMConfig,
    EndpointSettings,
    IPAMConfig,
    NetworkConnectRequest,
    NetworkCreateRequest,
    NetworkDisconnectRequest,
    NetworkingConfig,
)
from engine_api.api.struct import UNSET
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.machine.clock import LoopClock
from engine_api.engines.memory.machine.host import RELEASES
from engine_api.engines.memory.machine.virtual_time import run
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.sockets import Connection

Scenario = Callable[[MemoryEngine], Awaitable[None]]


def scenario(function: Scenario) -> Callable[[], None]:
    """A test that has an engine to itself, in virtual time."""

    def test() -> None:
        async def body() -> None:
            async with MemoryEngine(seed=7, clock=LoopClock()) as engine:
                await function(engine)

        run(body())

    test.__name__ = getattr(function, "__name__", "test")
    return test


async def network(engine: MemoryEngine, name: str, *pools: IPAMConfig, **more: Any) -> str:
    config = NetworkCreateRequest(name=name, ipam=IPAM(config=list(pools)), **more)
    return (await engine.networks.create(config)).id


async def container(
    engine: MemoryEngine,
    name: str,
    *command: str,
    start: bool = True,
    image: str = "busybox",
    endpoints: dict[str, EndpointSettings] | None = None,
    exposed: tuple[str, ...] = (),
    hostname: str = "",
    **host: Any,
) -> str:
    config = ContainerCreateRequest(
        image=image,
        cmd=list(command) or ["sleep", "86400"],
        hostname=hostname,
        exposed_ports={port: {} for port in exposed},
        host_config=HostConfig(**host),
        networking_config=NetworkingConfig(endpoints_config=dict(endpoints)) if endpoints else None,
    )
    made = (await engine.containers.create(config, name=name)).id
    if start:
        await engine.containers.start(made)
    return made


async def output(engine: MemoryEngine, name: str) -> str:
    """All that a container has written, once it has ended."""
    await engine.containers.wait(name)
    pieces: list[bytes] = []
    async with await engine.containers.logs(name, stdout=True, stderr=True) as reader:
        while chunks := await reader.receive():
            pieces += [chunk.data for chunk in chunks]
    return b"".join(pieces).decode()


async def endpoint(engine: MemoryEngine, name: str, network: str) -> EndpointSettings:
    found = settings(await engine.containers.inspect(name)).networks[network]
    assert isinstance(found, EndpointSettings)
    return found


def settings(answer: ContainerInspectResponse) -> Any:
    return answer.network_settings


def pool(subnet: str, **more: Any) -> IPAMConfig:
    return IPAMConfig(subnet=subnet, **more)


def refused(kind: type[EngineError], message: str) -> contextlib.AbstractContextManager[Any]:
    """What is done within is refused, in these words."""

    @contextlib.contextmanager
    def check() -> Any:
        with pytest.raises(kind) as caught:
            yield
        assert caught.value.message == message

    return check()


# Addresses


@scenario
async def test_addresses_are_given_lowest_first_and_taken_back(engine: MemoryEngine) -> None:
    await network(engine, "a", pool("10.0.1.0/29"))
    for number in range(2, 7):
        await container(engine, f"c{number}", network_mode="a")
        assert (await endpoint(engine, f"c{number}", "a")).ip_address == f"10.0.1.{number}"
    identifier = (await engine.networks.inspect("a")).id
    with refused(
        InternalError,
        "failed to set up container networking: no available IPv4 addresses on this network's address pools: "
        f"a ({identifier})",
    ):
        await container(engine, "late", network_mode="a")
    await engine.containers.stop("c3", timeout=0)
    await engine.containers.start("late")
    assert (await endpoint(engine, "late", "a")).ip_address == "10.0.1.3"


@scenario
async def test_a_container_that_ended_keeps_its_place_but_no_address(engine: MemoryEngine) -> None:
    await network(engine, "a")
    await container(engine, "me", network_mode="a")
    before = await endpoint(engine, "me", "a")
    assert before.endpoint_id
    assert before.mac_address
    assert before.gateway == "172.18.0.1"
    identifier = before.network_id
    await engine.containers.stop("me", timeout=0)
    after = await endpoint(engine, "me", "a")
    assert (after.network_id, after.endpoint_id, after.ip_address, after.mac_address) == (identifier, "", "", "")
    assert after.dns_names
    assert after.dns_names[0] == "me"


@pytest.mark.parametrize(
    ("config", "gateway", "first"),
    [
        (pool("10.0.1.0/24"), "10.0.1.1", "10.0.1.2"),
        (pool("10.0.0.0/16", ip_range="10.0.5.0/24"), "10.0.5.0", "10.0.5.1"),
        (pool("10.0.1.0/24", ip_range="10.0.1.128/25", gateway="10.0.1.130"), "10.0.1.130", "10.0.1.128"),
        (pool("10.0.1.0/24", auxiliary_addresses={"a": "10.0.1.2"}), "10.0.1.1", "10.0.1.3"),
        (pool("10.0.1.0/31"), "10.0.1.0", "10.0.1.1"),
    ],
)
def test_a_pool_gives_its_gateway_and_then_the_rest(config: IPAMConfig, gateway: str, first: str) -> None:
    async def body(engine: MemoryEngine) -> None:
        await network(engine, "a", config)
        await container(engine, "me", network_mode="a")
        given = await endpoint(engine, "me", "a")
        assert (given.gateway, given.ip_address) == (gateway, first)

    scenario(body)()


@scenario
async def test_default_pools_are_the_lowest_that_are_free(engine: MemoryEngine) -> None:
    for number in range(18, 32):
        await network(engine, f"n{number}")
    await network(engine, "small")
    subnets = [(await engine.networks.inspect(name)).ipam for name in ("n18", "n31", "small")]
    assert [ipam.config[0].subnet for ipam in subnets if ipam and ipam.config] == [
        "172.18.0.0/16",
        "172.31.0.0/16",
        "192.168.0.0/20",
    ]
    await engine.networks.delete("n20")
    await network(engine, "again")
    ipam = (await engine.networks.inspect("again")).ipam
    assert ipam
    assert ipam.config
    assert ipam.config[0].subnet == "172.20.0.0/16"


@scenario
async def test_a_network_that_fails_leaves_its_pools_to_others(engine: MemoryEngine) -> None:
    with refused(Forbidden, "bridge driver doesn't support multiple subnets"):
        await network(engine, "a", pool("10.0.1.0/24"), pool("10.0.2.0/24"))
    await network(engine, "b", pool("10.0.1.0/24"))
    with refused(Forbidden, "invalid pool request: Pool overlaps with other one on this address space"):
        await network(engine, "c", pool("10.0.0.0/16"))
    await engine.networks.delete("b")
    await network(engine, "c", pool("10.0.0.0/16"))


@scenario
async def test_ipv6_addresses(engine: MemoryEngine) -> None:
    await network(engine, "six", pool("fd00:a::/64"), pool("10.0.1.0/24"), enable_ipv6=True)
    await container(engine, "me", network_mode="six")
    given = await endpoint(engine, "me", "six")
    assert (given.global_ipv6_address, given.global_ipv6_prefix_len, given.ipv6_gateway) == (
        "fd00:a::2",
        64,
        "fd00:a::1",
    )
    asked = EndpointSettings(ipam_config=EndpointIPAMConfig(ipv6_address="fd00:a::99"))
    await container(engine, "you", network_mode="six", endpoints={"six": asked})
    assert (await endpoint(engine, "you", "six")).global_ipv6_address == "fd00:a::99"
    only = await network(engine, "only", enable_ipv4=False, enable_ipv6=True)
    ipam = (await engine.networks.inspect(only)).ipam
    assert ipam
    assert ipam.config
    assert [str(one.subnet)[:2] for one in ipam.config] == ["fd"]
    with refused(InvalidParameter, "IPv4 or IPv6 must be enabled"):
        await network(engine, "none6", enable_ipv4=False)


@scenario
async def test_an_internal_network_has_no_gateway(engine: MemoryEngine) -> None:
    await network(engine, "in", internal=True)
    await container(engine, "me", "sh", "-c", "ip route; wget -qO- 172.17.0.1", network_mode="in")
    assert await output(engine, "me") == (
        "172.18.0.0/16 dev eth0 scope link  src 172.18.0.2 \n"
        "wget: can't connect to remote host (172.17.0.1): Network is unreachable\n"
    )


# Finding


@scenario
async def test_a_prefix_that_several_ids_have_is_ambiguous(engine: MemoryEngine) -> None:
    digits: dict[str, int] = {}
    for known in await engine.networks.list():
        digits[known.id[0]] = digits.get(known.id[0], 0) + 1  # type: ignore[index]
    for number in range(20):
        made = await network(engine, f"n{number}")
        digits[made[0]] = digits.get(made[0], 0) + 1
    digit, count = max(digits.items(), key=lambda item: item[1])
    with refused(InvalidParameter, f"{count} matches found based on ID prefix: network {digit} is ambiguous"):
        await engine.networks.inspect(digit)
    with refused(InvalidParameter, f"network {digit} is ambiguous ({count} matches found based on ID prefix)"):
        await engine.networks.delete(digit)


@scenario
async def test_an_id_wins_over_a_name_that_is_equal_to_it(engine: MemoryEngine) -> None:
    first = await network(engine, "first")
    await network(engine, first)
    assert (await engine.networks.inspect(first)).name == "first"
    assert (await engine.networks.inspect(first[:10])).name == "first"


@scenario
async def test_prune_spares_what_is_used_young_or_marked(engine: MemoryEngine) -> None:
    await network(engine, "used")
    await container(engine, "me", network_mode="used")
    await network(engine, "kept", labels={"keep": "yes"})
    await network(engine, "plan", config_only=True)
    await network(engine, "old")
    await asyncio.sleep(3600)
    await network(engine, "young")
    pruned = await engine.networks.prune(filters={"until": ["30m"], "label!": ["keep"]})
    assert pruned.networks_deleted == ["old"]
    await engine.containers.stop("me", timeout=0)
    assert (await engine.networks.prune(filters={"label!": ["keep"]})).networks_deleted == ["used", "young"]
    assert {one.name for one in await engine.networks.list()} == {"bridge", "host", "none", "kept", "plan"}


# Containers in networks


@scenario
async def test_several_endpoints_and_the_default_route(engine: MemoryEngine) -> None:
    await network(engine, "back", pool("10.0.1.0/24"))
    await network(engine, "front", pool("10.0.2.0/24"))
    both = {"back": EndpointSettings(), "front": EndpointSettings(gw_priority=1)}
    await container(engine, "me", "ip", "route", network_mode="back", endpoints=both)
    assert (await output(engine, "me")).startswith("default via 10.0.2.1 dev eth1 \n")
    equal = {"back": EndpointSettings(), "front": EndpointSettings()}
    await container(engine, "you", "ip", "route", network_mode="front", endpoints=equal)
    assert (await output(engine, "you")).startswith("default via 10.0.1.1 dev ")


@scenario
async def test_mac_addresses_are_as_asked_each_time(engine: MemoryEngine) -> None:
    await network(engine, "a")
    asked = {"a": EndpointSettings(mac_address="02:42:00:00:00:09")}
    await container(engine, "me", network_mode="a", endpoints=asked, start=False)
    assert (await endpoint(engine, "me", "a")).mac_address == "02:42:00:00:00:09"
    for _ in range(2):
        await engine.containers.start("me")
        assert (await endpoint(engine, "me", "a")).mac_address == "02:42:00:00:00:09"
        await engine.containers.stop("me", timeout=0)
    with refused(InvalidParameter, "invalid config for network a: invalid MAC address zz"):
        await container(engine, "you", network_mode="a", endpoints={"a": EndpointSettings(mac_address="zz")})


@scenario
async def test_modes_that_exclude_other_networks(engine: MemoryEngine) -> None:
    await network(engine, "a")
    shared = (
        "container sharing network namespace with another container or host cannot be connected to any other network"
    )
    private = "container cannot be connected to multiple networks with one of the networks in private (none) mode"
    await container(engine, "one", network_mode="a")
    await container(engine, "sharing", network_mode="container:one")
    await container(engine, "host", network_mode="host")
    await container(engine, "private", network_mode="none")
    for name, message in (("sharing", shared), ("host", shared), ("private", private)):
        with refused(InvalidParameter, message):
            await engine.networks.connect("a", NetworkConnectRequest(container=name))
    with refused(InvalidParameter, private):
        await engine.networks.connect("none", NetworkConnectRequest(container="one"))
    with refused(
        InvalidParameter, "cannot disconnect container from host network - container was created in host network mode"
    ):
        await engine.networks.disconnect("host", NetworkDisconnectRequest(container="host"))
    await engine.networks.disconnect("none", NetworkDisconnectRequest(container="private"))
    await engine.networks.connect("a", NetworkConnectRequest(container="private"))
    assert (await endpoint(engine, "private", "a")).ip_address == "172.18.0.3"


@scenario
async def test_a_shared_namespace(engine: MemoryEngine) -> None:
    await network(engine, "a")
    one = await container(engine, "one", "nc", "-l", "-p", "80", network_mode="a")
    await container(engine, "two", "sh", "-c", "hostname; echo hi | nc localhost 80", network_mode="container:one")
    assert await output(engine, "two") == f"{one[:12]}\n"
    assert await output(engine, "one") == "hi\n"
    inspected = await engine.containers.inspect("two")
    assert inspected.host_config
    assert inspected.host_config.network_mode == f"container:{one}"
    assert settings(inspected).networks == {}
    with refused(Conflict, "cannot join network namespace of a non running container: container one is exited"):
        await engine.containers.start("two")
    with refused(InternalError, "joining network namespace of container: No such container: nobody"):
        await container(engine, "three", network_mode="container:nobody")


@scenario
async def test_a_network_that_is_gone_by_the_start(engine: MemoryEngine) -> None:
    identifier = await network(engine, "a")
    await container(engine, "me", network_mode="a")
    await engine.containers.stop("me", timeout=0)
    await engine.networks.delete("a")
    await network(engine, "a")
    with refused(NotFound, f"failed to set up container networking: network {identifier} not found"):
        await engine.containers.start("me")
    state = (await engine.containers.inspect("me")).state
    assert state
    assert state.exit_code == 128
    assert str(state.error).endswith("not found")
    await engine.networks.disconnect("a", NetworkDisconnectRequest(container="me"))
    await engine.networks.connect("a", NetworkConnectRequest(container="me"))
    await engine.containers.start("me")


@scenario
async def test_connecting_and_leaving_while_it_runs(engine: MemoryEngine) -> None:
    await network(engine, "a", pool("10.0.1.0/24"))
    await container(engine, "web", "httpd", "-f", "-h", "/etc", network_mode="a")
    script = (
        "wget -qO- http://web/hostname; sleep 2; wget -qO- http://web/hostname >/dev/null && echo found; "
        "grep -c 10.0.1 /etc/hosts; sleep 2; wget -qO- http://web/hostname; grep -c 10.0.1 /etc/hosts"
    )
    await container(engine, "me", "sh", "-c", script)
    await asyncio.sleep(1)
    await engine.networks.connect("a", NetworkConnectRequest(container="me"))
    await asyncio.sleep(2)
    await engine.networks.disconnect("a", NetworkDisconnectRequest(container="me"))
    assert await output(engine, "me") == "wget: bad address 'web'\nfound\n1\nwget: bad address 'web'\n0\n"


# Names


@scenario
async def test_names_by_which_others_find_a_container(engine: MemoryEngine) -> None:
    await network(engine, "a", pool("10.0.1.0/24"))
    asked = {"a": EndpointSettings(aliases=["www", "Shop"])}
    made = await container(engine, "web", network_mode="a", endpoints=asked, hostname="inside")
    assert (await endpoint(engine, "web", "a")).dns_names == ["web", "www", "Shop", made[:12], "inside"]
    names = f"web www shop {made[:12]} inside web.a WEB"
    await container(engine, "me", "sh", "-c", f"for n in {names}; do ping -c1 -q $n | head -1; done", network_mode="a")
    assert await output(engine, "me") == "".join(f"PING {n} (10.0.1.2): 56 data bytes\n" for n in names.split())


@scenario
async def test_an_alias_of_several_stands_for_all(engine: MemoryEngine) -> None:
    await network(engine, "a", pool("10.0.1.0/24"))
    for name in ("one", "two"):
        await container(engine, name, network_mode="a", endpoints={"a": EndpointSettings(aliases=["any"])})
    await container(engine, "me", "nslookup", "any", network_mode="a")
    assert "Name:\tany\nAddress: 10.0.1.2\nName:\tany\nAddress: 10.0.1.3\n" in await output(engine, "me")
    await engine.containers.stop("one", timeout=0)
    await container(engine, "you", "nslookup", "any", network_mode="a")
    assert "10.0.1.3" in await output(engine, "you")


@scenario
async def test_there_are_no_names_in_the_default_network_but_links(engine: MemoryEngine) -> None:
    await container(engine, "db", exposed=("5432/tcp",), start=False)
    with refused(InternalError, "Cannot link to a non running container: /db AS /web/store"):
        await container(engine, "web", "sh", "-c", "ping -c1 -q store | head -1; echo $STORE_PORT", links=["db:store"])
    await engine.containers.start("db")
    await engine.containers.start("web")
    assert await output(engine, "web") == "PING store (172.17.0.2): 56 data bytes\ntcp://172.17.0.2:5432\n"
    listed = {one.names[0]: one.names for one in await engine.containers.list(all=True) if one.names}
    assert listed["/db"] == ["/db", "/web/store"]
    host = (await engine.containers.inspect("web")).host_config
    assert host
    assert host.links == ["/db:/web/store"]
    await engine.containers.delete("web/store", link=True)
    host = (await engine.containers.inspect("web")).host_config
    assert host
    assert not host.links
    await container(engine, "me", "ping", "-c1", "db")
    assert await output(engine, "me") == "ping: bad address 'db'\n"
    with refused(InvalidParameter, "could not get container for nobody: No such container: nobody"):
        await container(engine, "you", links=["nobody:x"])


@scenario
async def test_hosts_and_name_servers_that_were_asked_for(engine: MemoryEngine) -> None:
    await network(engine, "a", pool("10.0.1.0/24"))
    command = ("sh", "-c", "tail -n +7 /etc/hosts; cat /etc/resolv.conf; hostname -f")
    more: dict[str, Any] = {
        "dns": ["9.9.9.9"],
        "dns_search": ["example.org"],
        "extra_hosts": ["far:192.0.2.1", "h:host-gateway"],
    }
    await container(engine, "me", *command, hostname="h1", **more)
    assert await output(engine, "me") == (
        "192.0.2.1\tfar\n172.17.0.1\th\n172.17.0.2\th1\nnameserver 9.9.9.9\nsearch example.org\nh1\n"
    )
    await container(engine, "you", *command, hostname="h2", network_mode="a", readonly_rootfs=True, **more)
    assert await output(engine, "you") == (
        "192.0.2.1\tfar\n172.17.0.1\th\n10.0.1.2\th2\nnameserver 127.0.0.11\nsearch example.org\noptions ndots:0\nh2\n"
    )


# Ports


def published(*bindings: tuple[str, str], port: str = "80/tcp") -> dict[str, Any]:
    own = [PortBinding(host_ip=address, host_port=number) for address, number in bindings]
    return {"exposed": (port,), "port_bindings": {port: own}}


async def ports(engine: MemoryEngine, name: str) -> dict[str, list[tuple[str, str]] | None]:
    found = settings(await engine.containers.inspect(name)).ports
    return {
        port: None if own is None else [(str(one.host_ip), str(one.host_port)) for one in own]
        for port, own in found.items()
    }


@scenario
async def test_ports_are_given_while_a_container_runs(engine: MemoryEngine) -> None:
    await container(engine, "me", **published(("", "8080")))
    assert await ports(engine, "me") == {"80/tcp": [("0.0.0.0", "8080"), ("::", "8080")]}
    await engine.containers.stop("me", timeout=0)
    assert await ports(engine, "me") == {}
    await container(engine, "you", **published(("", "8080")))
    with pytest.raises(InternalError) as caught:
        await engine.containers.start("me")
    assert caught.value.message.startswith(
        "failed to set up container networking: driver failed programming external connectivity on endpoint me ("
    )
    assert caught.value.message.endswith("): Bind for 0.0.0.0:8080 failed: port is already allocated")
    state = (await engine.containers.inspect("me")).state
    assert state
    assert state.exit_code == 128
    await engine.containers.delete("you", force=True)
    await engine.containers.start("me")


@pytest.mark.parametrize(
    ("taken", "asked", "given"),
    [
        (("", "8090"), ("", "8090"), None),
        (("", "8090"), ("127.0.0.1", "8090"), None),
        (("127.0.0.1", "8090"), ("", "8090"), None),
        (("127.0.0.1", "8090"), ("127.0.0.1", "8090"), None),
        (("127.0.0.1", "8090"), ("127.0.0.2", "8090"), [("127.0.0.2", "8090")]),
        (("", "8090"), ("", "8090-8092"), [("0.0.0.0", "8091"), ("::", "8091")]),
        (("", "8090"), ("", ""), [("0.0.0.0", "32768"), ("::", "32768")]),
    ],
)
def test_which_ports_are_free(
    taken: tuple[str, str], asked: tuple[str, str], given: list[tuple[str, str]] | None
) -> None:
    async def body(engine: MemoryEngine) -> None:
        await container(engine, "one", **published(taken))
        if given is None:
            with pytest.raises(InternalError, match="port is already allocated"):
                await container(engine, "two", **published(asked))
        else:
            await container(engine, "two", **published(asked))
            assert await ports(engine, "two") == {"80/tcp": given}
        await container(engine, "udp", **published(taken, port="80/udp"))

    scenario(body)()


@scenario
async def test_a_range_that_is_full(engine: MemoryEngine) -> None:
    for name in ("one", "two"):
        await container(engine, name, **published(("", "8300-8301")))
    with pytest.raises(InternalError, match="all ports are allocated"):
        await container(engine, "three", **published(("", "8300-8301")))


@scenario
async def test_all_exposed_ports_are_published_if_asked_for(engine: MemoryEngine) -> None:
    await container(engine, "me", exposed=("80/tcp", "53/udp"), publish_all_ports=True)
    assert await ports(engine, "me") == {
        "53/udp": [("0.0.0.0", "32768"), ("::", "32768")],
        "80/tcp": [("0.0.0.0", "32768"), ("::", "32768")],
    }
    await container(engine, "you", exposed=("80/tcp",))
    assert await ports(engine, "you") == {"80/tcp": None}
    await container(engine, "them", network_mode="none", **published(("", "8080")))
    assert await ports(engine, "them") == {}


@scenario
async def test_a_port_of_the_host_leads_to_the_container(engine: MemoryEngine) -> None:
    await network(engine, "a")
    await container(engine, "web", "httpd", "-f", "-h", "/etc", network_mode="a", **published(("", "8080")))
    await container(engine, "other", "wget", "-qO-", "http://172.17.0.1:8080/hostname")
    await container(engine, "host", "wget", "-qO-", "http://localhost:8080/hostname", network_mode="host")
    expected = str((await engine.containers.inspect("web")).id)[:12] + "\n"
    assert await output(engine, "other") == expected
    assert await output(engine, "host") == expected
    await container(engine, "local", "httpd", "-f", **published(("127.0.0.1", "8081")))
    await container(engine, "outside", "wget", "-qO-", "http://172.17.0.1:8081/")
    assert await output(engine, "outside") == ("wget: can't connect to remote host (172.17.0.1): Connection refused\n")


@scenario
async def test_leaving_a_network_gives_its_ports_back(engine: MemoryEngine) -> None:
    await network(engine, "a")
    await container(engine, "me", network_mode="none", **published(("", "8320")))
    await engine.networks.disconnect("none", NetworkDisconnectRequest(container="me"))
    await engine.networks.connect("a", NetworkConnectRequest(container="me"))
    assert await ports(engine, "me") == {"80/tcp": [("0.0.0.0", "8320"), ("::", "8320")]}
    await engine.networks.disconnect("a", NetworkDisconnectRequest(container="me"))
    assert await ports(engine, "me") == {}


# Programs of one's own


@scenario
async def test_programs_listen_and_connect(engine: MemoryEngine) -> None:
    @engine.program("kv:1", ports=["6379/tcp"])
    async def kv(process: Process) -> int:
        stored: dict[bytes, bytes] = {}

        async def talk(connection: Connection) -> None:
            async for line in connection.lines():
                verb, *words = line.split()
                if verb == b"SET":
                    stored[words[0]] = words[1]
                await connection.write(stored.get(words[0], b"nothing") + b"\n")

        await process.print("ready")
        await process.serve(6379, talk)

    @engine.program("asker:1")
    async def asker(process: Process) -> int:
        async with await process.connect("store", 6379) as connection:
            for line in (b"GET a\n", b"SET a 1\n", b"GET a\n"):
                await connection.write(line)
                await process.print((await connection.read_line()).decode().strip())
        with contextlib.suppress(OSError):
            await process.connect("store", 1)
            return 1
        return 0

    await network(engine, "a")
    await container(
        engine, "store-1", "kv", image="kv:1", network_mode="a", endpoints={"a": EndpointSettings(aliases=["store"])}
    )
    await container(engine, "one", "asker", image="asker:1", network_mode="a")
    assert await output(engine, "one") == "nothing\n1\n1\n"
    assert (await engine.containers.wait("one")).status_code == 0
    await container(engine, "two", "sh", "-c", "echo GET a | nc -w 1 store 6379", network_mode="a")
    assert await output(engine, "two") == "1\n"
    await engine.containers.stop("store-1", timeout=0)
    await container(engine, "three", "nc", "store", "6379", network_mode="a")
    assert await output(engine, "three") == "nc: bad address 'store'\n"


@scenario
async def test_networks_apart_do_not_reach_each_other(engine: MemoryEngine) -> None:
    await network(engine, "a", pool("10.0.1.0/24"))
    await network(engine, "b", pool("10.0.2.0/24"))
    await container(engine, "web", "httpd", "-f", network_mode="a")
    await container(engine, "me", "wget", "-qO-", "http://10.0.1.2/", network_mode="b")
    assert await output(engine, "me") == "wget: can't connect to remote host (10.0.1.2): No route to host\n"
    await container(engine, "you", "wget", "-qO-", "http://web/", network_mode="b")
    assert await output(engine, "you") == "wget: bad address 'web'\n"
    await container(engine, "them", "wget", "-qO-", "http://192.0.2.1/")
    assert await output(engine, "them") == "wget: can't connect to remote host (192.0.2.1): No route to host\n"


@scenario
async def test_events_tell_of_networks_and_who_is_in_them(engine: MemoryEngine) -> None:
    await network(engine, "a")
    made = await container(engine, "me", start=False)
    await engine.networks.connect("a", NetworkConnectRequest(container="me"))
    await engine.networks.disconnect("a", NetworkDisconnectRequest(container="me"))
    await engine.networks.connect("a", NetworkConnectRequest(container="me"))
    await engine.containers.start("me")
    await engine.networks.disconnect("a", NetworkDisconnectRequest(container="me"))
    await engine.networks.connect("a", NetworkConnectRequest(container="me"))
    await engine.containers.stop("me", timeout=0)
    await engine.networks.delete("a")
    await network(engine, "b")
    await engine.networks.prune()
    told: list[str] = []
    for event in engine.parts.events.history:
        if event.type == "network":
            attributes = dict((event.actor and event.actor.attributes) or {})
            words = [str(event.action), attributes.get("name", "")]
            assert attributes.get("container", made) == made
            told.append(" ".join(word for word in words if word))
    assert told == [
        "create a",
        "connect bridge",
        "connect a",
        "disconnect a",
        "connect a",
        "disconnect bridge",
        "disconnect a",
        "destroy a",
        "create b",
        "destroy b",
        "prune",
    ]


@pytest.mark.parametrize(("release", "shown"), [("28.5", UNSET), ("29.7", "10.9.0.1")])
def test_a_chosen_gateway_is_shown_since_docker_29(release: str, shown: object) -> None:
    async def body() -> object:
        async with MemoryEngine(clock=LoopClock(), seed=1, release=RELEASES[release]) as engine:
            await network(engine, "front", IPAMConfig(subnet="10.9.0.0/24"))
            ipam = (await engine.networks.inspect("front")).ipam
            assert ipam
            assert ipam.config
            return ipam.config[0].gateway

    assert run(body()) == shown
