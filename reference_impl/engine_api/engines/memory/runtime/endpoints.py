"""How containers are connected: the networks, their endpoints in them, and their ports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from engine_api.api.errors import Conflict, EngineError, Forbidden, InvalidParameter, NotFound, SystemError
from engine_api.api.hostconfig import HostConfig
from engine_api.api.networks import (
    EndpointIPAMConfig,
    EndpointSettings,
    NetworkCreateRequest,
    NetworkSettings,
)
from engine_api.engines.memory.model.addresses import (
    AddressPool,
    AddressSpace,
    check_endpoint_addresses,
    check_mac_address,
)
from engine_api.engines.memory.model.network import PREDEFINED, MemoryNetwork, blank_endpoint, dns_names
from engine_api.engines.memory.runtime.etc_files import EtcFiles
from engine_api.engines.memory.runtime.fabric import EngineFabric
from engine_api.engines.memory.runtime.links import Links
from engine_api.engines.memory.runtime.listeners import Door
from engine_api.engines.memory.runtime.ports import HostPorts
from engine_api.engines.memory.userland.sockets import ANY, Interface, Namespace

if TYPE_CHECKING:
    from engine_api.engines.memory.engine import MemoryEngine
    from engine_api.engines.memory.model.container import Container

__all__ = ["AmbiguousNetwork", "Networking", "check_network_mode"]

_SHARED: Final = (
    "container sharing network namespace with another container or host cannot be connected to any other network"
)
_PRIVATE: Final = "container cannot be connected to multiple networks with one of the networks in private (none) mode"
_HOST_ONLY: Final = "cannot connect container to host network - container must be created in host network mode"


def check_network_mode(config: object, host: HostConfig) -> None:
    """Refuse options that a network mode excludes.

    Raises:
        InvalidParameter: there are some.
    """
    mode = str(host.network_mode)
    conflicts: tuple[tuple[str, object], ...]
    if mode.startswith("container:"):
        if mode == "container:":
            raise InvalidParameter("invalid network mode: invalid container format container:<name|id>")
        conflicts = (
            ("hostname and the network mode", getattr(config, "hostname", None)),
            (
                "container type network can't be used with links. This would result in undefined behavior",
                host.links,
            ),
            ("dns and the network mode", host.dns),
            ("custom host-to-IP mapping and the network mode", host.extra_hosts),
            (
                "port publishing and the container type network mode",
                host.port_bindings or host.publish_all_ports is True,
            ),
            ("port exposing and the container type network mode", getattr(config, "exposed_ports", None)),
        )
    else:
        conflicts = (
            (
                "host type networking can't be used with links. This would result in undefined behavior",
                mode == "host" and host.links,
            ),
        )
    for words, given in conflicts:
        if given:
            raise InvalidParameter(f"conflicting options: {words}")
    for link in host.links or ():
        if not link:
            raise SystemError("empty string specified for links")
        if link.count(":") > 1:
            raise SystemError(f"bad format for links: {link}")


class AmbiguousNetwork(InvalidParameter):
    """A text means several networks."""

    def __init__(self, text: str, matches: str) -> None:
        super().__init__(f"network {text} is ambiguous ({matches})")
        self.matches = matches
        """How many, and by what."""


class Networking:
    """The networks of an engine, and the containers in them.

    Args:
        engine: the engine.
    """

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.space = AddressSpace(engine.id)
        self.fabric = EngineFabric(engine)
        self.files = EtcFiles(engine)
        self.links = Links(engine)
        self.ports = HostPorts(self._open_door if engine.open_ports else None)
        self.by_id: dict[str, MemoryNetwork] = {}
        self._interfaces: dict[tuple[str, str], Interface] = {}
        bridge = self.space.choose(4, "local")
        bridge.reserve("", {})
        mark = "com.docker.network.bridge."
        options = {
            f"{mark}default_bridge": "true",
            f"{mark}enable_icc": "true",
            f"{mark}enable_ip_masquerade": "true",
            f"{mark}host_binding_ipv4": "0.0.0.0",
            f"{mark}name": "docker0",
            "com.docker.network.driver.mtu": "1500",
        }
        self._predefine("bridge", "bridge", [bridge], options)
        self._predefine("host", "host", [], {})
        self._predefine("none", "null", [], {})

    def _predefine(self, name: str, driver: str, pools: list[AddressPool], options: dict[str, str]) -> None:
        config = NetworkCreateRequest(name=name, options=options)
        identifier = self._engine.identifiers.identifier()
        self.add(MemoryNetwork(identifier, name, driver, self._engine.clock_start(), config, pools))

    def add(self, network: MemoryNetwork) -> None:
        """Add a network."""
        self.by_id[network.id] = network

    def adopt(self, networks: Iterable[MemoryNetwork]) -> None:
        """Have these networks, which may have been made elsewhere, in place of all that there are."""
        self.space = AddressSpace(self._engine.id)
        self.by_id.clear()
        for network in networks:
            self.add(network)
            for pool in network.pools:
                self.space.add(pool)

    def remove(self, network: MemoryNetwork) -> None:
        """Remove a network that no running container is in."""
        self.space.remove(network.pools)
        self.by_id.pop(network.id, None)

    # Finding

    def find(self, text: str, scope: str | None = None) -> MemoryNetwork:
        """The network of an ID, a name, or a unique prefix of an ID.

        Raises:
            NotFound: there is none.
            AmbiguousNetwork: several fit.
        """
        known = [network for network in self.by_id.values() if not scope or network.scope == scope]
        for how, fitting in (
            ("ID", [network for network in known if network.id == text]),
            ("name", [network for network in known if network.name == text]),
            ("ID prefix", [network for network in known if network.id.startswith(text)]),
        ):
            if len(fitting) == 1:
                return fitting[0]
            if fitting:
                raise AmbiguousNetwork(text, f"{len(fitting)} matches found based on {how}")
        raise NotFound(f"network {text} not found")

    def _find_or_none(self, text: str) -> MemoryNetwork | None:
        try:
            return self.find(text)
        except (NotFound, InvalidParameter):
            return None

    # What a new container asks for

    def settle_mode(self, host: HostConfig) -> None:
        """Name the container of a mode `container:` by its ID, where there is one."""
        mode = str(host.network_mode)
        if mode.startswith("container:"):
            try:
                host.network_mode = f"container:{self._engine.containers.find(mode.partition(':')[2]).id}"
            except (NotFound, InvalidParameter):
                return

    def endpoints(self, mode: str, asked: Mapping[str, EndpointSettings | None]) -> dict[str, EndpointSettings]:
        """The networks that a new container is in.

        Raises:
            InvalidParameter: an endpoint makes no sense.
        """
        if mode.startswith("container:"):
            return {}
        found: dict[str, EndpointSettings] = {}
        for text, settings in asked.items():
            network = self._find_or_none("bridge" if text == "default" else text)
            name = network.name if network else text
            try:
                self.check_endpoint(network, name, settings or EndpointSettings())
            except InvalidParameter as error:
                raise InvalidParameter(f"invalid config for network {name}: {error.message}") from None
            found[name] = blank_endpoint(settings)
        network = self._find_or_none(mode)
        name = network.name if network else mode
        if not found or (name not in PREDEFINED and name not in found):
            found = {name: blank_endpoint(), **found}
        return found

    def check_endpoint(self, network: MemoryNetwork | None, name: str, settings: EndpointSettings) -> None:
        """Refuse an endpoint that makes no sense, with all that is wrong at once.

        Raises:
            InvalidParameter: it does not.
        """
        wrong: list[str] = []
        asked = settings.ipam_config or EndpointIPAMConfig()
        if name in PREDEFINED:
            if asked.ipv4_address or asked.ipv6_address:
                wrong.append("user specified IP address is supported on user defined networks only")
            if settings.aliases:
                wrong.append("network-scoped alias is supported only for containers in user defined networks")
        own = name not in PREDEFINED
        wrong += check_endpoint_addresses(asked, network.pools if network and own else None)
        if wrong:
            text = wrong[0] if len(wrong) == 1 else "\n".join(f"* {one}" for one in wrong)
            raise InvalidParameter(f"invalid endpoint settings:\n{text}")
        if settings.mac_address:
            check_mac_address(settings.mac_address)

    # Start and end of a container

    def join(self, container: Container) -> None:
        """A container is about to run: connect it to its networks, and give it its ports.

        Raises:
            EngineError: that cannot be done; nothing is left of it then.
        """
        mode = str(container.host.network_mode)
        self.links.check(container)
        if mode.startswith("container:"):
            self._share(container, mode.partition(":")[2])
            return
        container.sandbox_id = self._engine.identifiers.identifier()
        container.namespace = self.fabric.host if mode == "host" else Namespace(self.fabric)
        if container.config.network_disabled is True:
            return
        try:
            for name, endpoint in container.endpoints.items():
                network = self.find(str(endpoint.network_id or name))
                self._attach(container, network, endpoint)
            self._publish(container)
        except EngineError as error:
            self.leave(container)
            raise type(error)(f"failed to set up container networking: {error.message}") from None
        self.files.write(container)

    def _share(self, container: Container, text: str) -> None:
        try:
            other = self._engine.containers.find(text)
        except NotFound as error:
            raise SystemError(f"joining network namespace of container: {error.message}") from None
        if not other.running:
            raise Conflict(
                f"cannot join network namespace of a non running container: container {other.name} is {other.status}"
            )
        container.namespace = other.namespace
        self.files.share(container, other)

    def _attach(self, container: Container, network: MemoryNetwork, endpoint: EndpointSettings) -> None:
        if not network.predefined:
            endpoint.dns_names = dns_names(container, endpoint)
        mac = container.mac_addresses.get(network.name, "") or self._engine.identifiers.mac_address()
        network.attach(container, endpoint, self._engine.identifiers.identifier(), mac)
        if network.pools and container.namespace is not None:
            used = {interface.name for interface in container.namespace.interfaces}
            name = next(f"eth{number}" for number in range(len(used) + 1) if f"eth{number}" not in used)
            mtu = (network.config.options or {}).get("com.docker.network.driver.mtu", "1500")
            interface = Interface(
                name,
                str(endpoint.mac_address),
                str(endpoint.ip_address),
                endpoint.ip_prefix_len or 0,
                str(endpoint.gateway),
                str(endpoint.global_ipv6_address),
                endpoint.global_ipv6_prefix_len or 0,
                str(endpoint.ipv6_gateway),
                int(mtu),
            )
            self._interfaces[container.id, network.id] = interface
            container.namespace.interfaces.append(interface)
            self._choose_default(container)
        self.tell("connect", network, container)

    def _open_door(self, address: str, number: int) -> Door:
        """Lead a port of the real host's loopback interface to the container that has it.

        Raises:
            OSError: something else has the port.
        """
        inside = "127.0.0.1" if address in ANY else address
        return Door(number, lambda: self.fabric.host.connect(inside, number))

    def _choose_default(self, container: Container) -> None:
        """The default route leads through the endpoint of the highest priority, and of the first name of those."""
        candidates: list[tuple[int, str, Interface]] = []
        for name, endpoint in container.endpoints.items():
            interface = self._interfaces.get((container.id, str(endpoint.network_id)))
            if interface is not None:
                interface.default = False
                if interface.ipv4_gateway or interface.ipv6_gateway:
                    candidates.append((-(endpoint.gw_priority or 0), name, interface))
        if candidates:
            min(candidates, key=lambda one: one[:2])[2].default = True

    def _publish(self, container: Container) -> None:
        container.ports = {}
        leading = [endpoint for endpoint in container.endpoints.values() if endpoint.gateway or endpoint.ipv6_gateway]
        if not leading:
            return
        try:
            container.ports = self.ports.publish(container)
        except SystemError as error:
            raise SystemError(
                f"driver failed programming external connectivity on endpoint {container.name} "
                f"({leading[0].endpoint_id}): {error.message}"
            ) from None

    def _detach(self, container: Container, network: MemoryNetwork, endpoint: EndpointSettings) -> None:
        interface = self._interfaces.pop((container.id, network.id), None)
        if interface is not None and container.namespace is not None:
            container.namespace.interfaces.remove(interface)
        network.detach(container, endpoint)
        self._choose_default(container)
        self.tell("disconnect", network, container)

    def leave(self, container: Container) -> None:
        """A container has ended."""
        self.ports.release(container)
        container.ports = {}
        for endpoint in container.endpoints.values():
            network = self.by_id.get(str(endpoint.network_id))
            if network is not None and container.id in network.members:
                self._detach(container, network, endpoint)
        container.namespace = None
        container.sandbox_id = ""

    def tell(self, action: str, network: MemoryNetwork, container: Container | None = None) -> None:
        """Publish an event about a network."""
        attributes = {"name": network.name, "type": network.driver}
        if container is not None:
            attributes["container"] = container.id
        self._engine.events.publish("network", action, network.id, attributes)

    def tell_prune(self) -> None:
        """Publish that unused networks were removed."""
        self._engine.events.publish("network", "prune", "", {"reclaimed": "0"})

    # Connect and disconnect

    def connect(self, container: Container, text: str, asked: EndpointSettings | None) -> None:
        """Let a container join a network.

        Raises:
            EngineError: it cannot.
        """
        settings = asked or EndpointSettings()
        network = self._find_or_none(text) if container.namespace is None else self.find(text)
        if network is None:  # it may be there when the container starts
            container.endpoints[text] = blank_endpoint(settings)
            return
        mode = str(container.host.network_mode)
        if mode.startswith("container:") or (mode == "host" and network.name != "host"):
            raise InvalidParameter(_SHARED)
        if network.name == "host" and mode != "host":
            raise InvalidParameter(_HOST_ONLY)
        self.check_endpoint(network, network.name, settings)
        others = [name for name in container.endpoints if name != network.name]
        if others and ("none" in others or network.name == "none"):
            raise InvalidParameter(_PRIVATE)
        if container.namespace is not None and network.name in container.endpoints:
            raise Forbidden(f"endpoint with name {container.name} already exists in network {network.name}")
        endpoint = blank_endpoint(settings)
        if settings.mac_address:
            container.mac_addresses[network.name] = settings.mac_address
        before = container.endpoints.get(network.name)
        container.endpoints[network.name] = endpoint
        if container.namespace is None:
            if not network.predefined:
                endpoint.dns_names = dns_names(container, endpoint)
            return
        try:
            self._attach(container, network, endpoint)
            if not container.ports:
                self._publish(container)
        except EngineError:
            if container.id in network.members:
                self._detach(container, network, endpoint)
            del container.endpoints[network.name]
            if before is not None:
                container.endpoints[network.name] = before
            raise
        self.files.write_hosts(container)

    def disconnect(self, container: Container, text: str, force: bool) -> None:
        """Let a container leave a network.

        Raises:
            EngineError: it cannot.
        """
        network = self._find_or_none(text)
        if container.namespace is None or (network is None and force):
            name = network.name if network else text
            if name not in container.endpoints:
                raise SystemError(f"container {container.id} is not connected to the network {name}")
            del container.endpoints[name]
            container.mac_addresses.pop(name, None)
            return
        network = self.find(text)
        if network.name == "host" and container.host.network_mode == "host":
            raise InvalidParameter(
                "cannot disconnect container from host network - container was created in host network mode"
            )
        endpoint = container.endpoints.get(network.name)
        if endpoint is None or container.id not in network.members:
            raise SystemError(f"container {container.id} is not connected to network {network.name}")
        self._detach(container, network, endpoint)
        del container.endpoints[network.name]
        container.mac_addresses.pop(network.name, None)
        self.ports.release(container)
        self._publish(container)
        self.files.write_hosts(container)

    def renamed(self, container: Container) -> None:
        """A container has another name, by which others in its networks find it from now on."""
        for endpoint in container.endpoints.values():
            if endpoint.dns_names is not None:
                endpoint.dns_names = dns_names(container, endpoint)

    # What containers show

    def settings(self, container: Container) -> NetworkSettings:
        """A container's networks and ports, with the fields that came to be left out."""
        bridge = container.endpoints.get("bridge") or blank_endpoint()
        sandbox = container.sandbox_id
        place = "default" if container.host.network_mode == "host" else sandbox[:12]
        return NetworkSettings(
            bridge="",
            sandbox_id=sandbox,
            sandbox_key=f"/var/run/docker/netns/{place}" if sandbox else "",
            ports=container.ports,
            hairpin_mode=False,
            link_local_ipv6_address="",
            link_local_ipv6_prefix_len=0,
            secondary_ip_addresses=None,
            secondary_ipv6_addresses=None,
            endpoint_id=bridge.endpoint_id,
            gateway=bridge.gateway,
            global_ipv6_address=bridge.global_ipv6_address,
            global_ipv6_prefix_len=bridge.global_ipv6_prefix_len,
            ip_address=bridge.ip_address,
            ip_prefix_len=bridge.ip_prefix_len,
            ipv6_gateway=bridge.ipv6_gateway,
            mac_address=bridge.mac_address,
            networks=dict(container.endpoints),
        )
