"""Endpoints: how containers are connected to networks, and publish ports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine_api.api.errors import Conflict, EngineError, Forbidden, InternalError, InvalidParameter, NotFound
from engine_api.api.hostconfig import HostConfig
from engine_api.api.networks import (
    EndpointIPAMConfig,
    EndpointSettings,
    NetworkCreateRequest,
    NetworkSettings,
)
from engine_api.engines.memory.machine.events import EventBus
from engine_api.engines.memory.machine.identifiers import Identifiers
from engine_api.engines.memory.model.addresses import AddressPool, check_endpoint_addresses, check_mac_address
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.networks import (
    PREDEFINED,
    MemoryNetwork,
    NetworkStore,
    blank_endpoint,
    dns_names,
)
from engine_api.engines.memory.runtime.etc_files import EtcFiles
from engine_api.engines.memory.runtime.fabric import EngineFabric
from engine_api.engines.memory.runtime.links import Links
from engine_api.engines.memory.runtime.listeners import PortListener
from engine_api.engines.memory.runtime.ports import HostPorts
from engine_api.engines.memory.userland.sockets import ANY, Interface, Namespace

__all__ = ["Endpoints", "check_network_mode"]

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
            raise InternalError("empty string specified for links")
        if link.count(":") > 1:
            raise InternalError(f"bad format for links: {link}")


class Endpoints:
    """Connects containers to networks.

    Args:
        networks: the networks; `bridge`, `host` and `none` are added.
        containers: the containers.
        identifiers: IDs of networks, endpoints and sandboxes, and MAC addresses.
        events: where connections are published.
        host_name: the name of the host.
        created: when the engine's own networks were created, in nanoseconds since 1970.
        open_ports: whether published TCP ports are opened on 127.0.0.1 of the real host.
    """

    def __init__(
        self,
        *,
        networks: NetworkStore,
        containers: ContainerStore,
        identifiers: Identifiers,
        events: EventBus,
        host_name: str,
        created: int,
        open_ports: bool,
    ) -> None:
        self._networks = networks
        self._containers = containers
        self._identifiers = identifiers
        self._events = events
        self.links = Links(containers)
        self.files = EtcFiles(networks=networks, links=self.links, host_name=host_name)
        self.ports = HostPorts(self._open_port if open_ports else None)
        self.fabric = EngineFabric(networks=networks, ports=self.ports)
        self._interfaces: dict[tuple[str, str], Interface] = {}
        self._predefine_networks(created)

    def _predefine_networks(self, created: int) -> None:
        bridge = self._networks.space.choose(4, "local")
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
        own: tuple[tuple[str, str, list[AddressPool], dict[str, str]], ...] = (
            ("bridge", "bridge", [bridge], options),
            ("host", "host", [], {}),
            ("none", "null", [], {}),
        )
        for name, driver, pools, settings in own:
            config = NetworkCreateRequest(name=name, options=settings)
            identifier = self._identifiers.identifier()
            self._networks.add(MemoryNetwork(identifier, name, driver, created, config, pools))

    # What a new container asks for

    def settle_mode(self, host: HostConfig) -> None:
        """Name the container of a mode `container:` by its ID, where there is one."""
        mode = str(host.network_mode)
        if mode.startswith("container:"):
            try:
                host.network_mode = f"container:{self._containers.find(mode.partition(':')[2]).id}"
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
            network = self._networks.lookup("bridge" if text == "default" else text)
            name = network.name if network else text
            try:
                self.check_endpoint(network, name, settings or EndpointSettings())
            except InvalidParameter as error:
                raise InvalidParameter(f"invalid config for network {name}: {error.message}") from None
            found[name] = blank_endpoint(settings)
        network = self._networks.lookup(mode)
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
                wrong.append("user-specified IP address is supported on user-defined networks only")
            if settings.aliases:
                wrong.append("network-scoped aliases are only supported for user-defined networks")
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
        mode = container.network_mode
        self.links.check(container)
        if mode.startswith("container:"):
            self._share(container, mode.partition(":")[2])
            return
        sandbox_id = self._identifiers.identifier()
        container.network.joined(self.fabric.host if mode == "host" else Namespace(self.fabric), sandbox_id)
        self.fabric.joined(container)
        if container.config.network_disabled is True:
            return
        try:
            for name, endpoint in container.endpoints.items():
                network = self._networks.find(str(endpoint.network_id or name))
                self._attach(container, network, endpoint)
            self._publish(container)
        except EngineError as error:
            self.leave(container)
            raise type(error)(f"failed to set up container networking: {error.message}") from None
        self.files.write(container)

    def _share(self, container: Container, text: str) -> None:
        try:
            other = self._containers.find(text)
        except NotFound as error:
            raise InternalError(f"joining network namespace of container: {error.message}") from None
        if not other.state.running:
            raise Conflict(
                "cannot join network namespace of a non running container: "
                f"container {other.name} is {other.state.status}"
            )
        container.network.joined(other.network.namespace)
        self.files.share(container, other)

    def _attach(self, container: Container, network: MemoryNetwork, endpoint: EndpointSettings) -> None:
        if not network.predefined:
            endpoint.dns_names = dns_names(container, endpoint)
        mac = container.mac_addresses.get(network.name, "") or self._identifiers.mac_address()
        network.attach(container, endpoint, self._identifiers.identifier(), mac)
        if network.pools and container.network.namespace is not None:
            used = {interface.name for interface in container.network.namespace.interfaces}
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
            container.network.namespace.interfaces.append(interface)
            self._choose_default(container)
        self.publish("connect", network, container)

    def _open_port(self, address: str, number: int) -> PortListener:
        """Lead a port of the real host's loopback interface to the container that has it.

        Raises:
            OSError: something else has the port.
        """
        inside = "127.0.0.1" if address in ANY else address
        return PortListener(number, lambda: self.fabric.host.connect(inside, number))

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
        container.network.published({})
        leading = [endpoint for endpoint in container.endpoints.values() if endpoint.gateway or endpoint.ipv6_gateway]
        if not leading:
            return
        try:
            container.network.published(self.ports.publish(container))
        except InternalError as error:
            raise InternalError(
                f"driver failed programming external connectivity on endpoint {container.name} "
                f"({leading[0].endpoint_id}): {error.message}"
            ) from None

    def _detach(self, container: Container, network: MemoryNetwork, endpoint: EndpointSettings) -> None:
        interface = self._interfaces.pop((container.id, network.id), None)
        if interface is not None and container.network.namespace is not None:
            container.network.namespace.interfaces.remove(interface)
        network.detach(container, endpoint)
        self._choose_default(container)
        self.publish("disconnect", network, container)

    def leave(self, container: Container) -> None:
        """A container has ended."""
        self.ports.release(container)
        container.network.published({})
        for endpoint in container.endpoints.values():
            network = self._networks.get(str(endpoint.network_id))
            if network is not None and container.id in network.members:
                self._detach(container, network, endpoint)
        self.fabric.left(container)
        container.network.left()

    def publish(self, action: str, network: MemoryNetwork, container: Container | None = None) -> None:
        """Publish an event of a network."""
        attributes = {"name": network.name, "type": network.driver}
        if container is not None:
            attributes["container"] = container.id
        self._events.publish("network", action, network.id, attributes)

    def publish_prune(self) -> None:
        """Publish that unused networks were removed."""
        self._events.publish("network", "prune", "", {"reclaimed": "0"})

    # Connect and disconnect

    def connect(self, container: Container, text: str, asked: EndpointSettings | None) -> None:
        """Let a container join a network.

        Raises:
            EngineError: it cannot.
        """
        settings = asked or EndpointSettings()
        network = self._networks.lookup(text) if container.network.namespace is None else self._networks.find(text)
        if network is None:  # it may be there when the container starts
            container.endpoints[text] = blank_endpoint(settings)
            return
        self._check_connect(container, network, settings)
        endpoint = blank_endpoint(settings)
        if settings.mac_address:
            container.mac_addresses[network.name] = settings.mac_address
        before = container.endpoints.get(network.name)
        container.endpoints[network.name] = endpoint
        if container.network.namespace is None:
            if not network.predefined:
                endpoint.dns_names = dns_names(container, endpoint)
            return
        try:
            self._attach(container, network, endpoint)
            if not container.network.ports:
                self._publish(container)
        except EngineError:
            if container.id in network.members:
                self._detach(container, network, endpoint)
            del container.endpoints[network.name]
            if before is not None:
                container.endpoints[network.name] = before
            raise
        self.files.write_hosts(container)

    def _check_connect(self, container: Container, network: MemoryNetwork, settings: EndpointSettings) -> None:
        """Refuse a connection that the container's network mode, or another endpoint, excludes."""
        mode = container.network_mode
        if mode.startswith("container:") or (mode == "host" and network.name != "host"):
            raise InvalidParameter(_SHARED)
        if network.name == "host" and mode != "host":
            raise InvalidParameter(_HOST_ONLY)
        self.check_endpoint(network, network.name, settings)
        others = [name for name in container.endpoints if name != network.name]
        if others and ("none" in others or network.name == "none"):
            raise InvalidParameter(_PRIVATE)
        if container.network.namespace is not None and network.name in container.endpoints:
            raise Forbidden(f"endpoint with name {container.name} already exists in network {network.name}")

    def disconnect(self, container: Container, text: str, force: bool) -> None:
        """Let a container leave a network.

        Raises:
            EngineError: it cannot.
        """
        network = self._networks.lookup(text)
        if container.network.namespace is None or (network is None and force):
            name = network.name if network else text
            if name not in container.endpoints:
                raise InternalError(f"container {container.id} is not connected to the network {name}")
            del container.endpoints[name]
            container.mac_addresses.pop(name, None)
            return
        network = self._networks.find(text)
        if network.name == "host" and container.network_mode == "host":
            raise InvalidParameter(
                "cannot disconnect container from host network - container was created in host network mode"
            )
        endpoint = container.endpoints.get(network.name)
        if endpoint is None or container.id not in network.members:
            raise InternalError(f"container {container.id} is not connected to network {network.name}")
        self._detach(container, network, endpoint)
        del container.endpoints[network.name]
        container.mac_addresses.pop(network.name, None)
        self.ports.release(container)
        self._publish(container)
        self.files.write_hosts(container)

    # What containers show

    def settings(self, container: Container) -> NetworkSettings:
        """A container's networks and ports, with the fields that came to be left out."""
        bridge = container.endpoints.get("bridge") or blank_endpoint()
        sandbox = container.network.sandbox_id
        place = "default" if container.network_mode == "host" else sandbox[:12]
        return NetworkSettings(
            bridge="",
            sandbox_id=sandbox,
            sandbox_key=f"/var/run/docker/netns/{place}" if sandbox else "",
            ports=container.network.ports,
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
