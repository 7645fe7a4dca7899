"""A compose file as a seed: named and labelled as docker compose does, so that it knows the project afterwards."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

from engine_api.engines.memory.seed.document import SeedError
from engine_api.engines.memory.seed.entries import Entry
from engine_api.engines.memory.seed.service import KEYS, LEFT_OUT, REFUSED, container_of
from engine_api.engines.memory.seed.storage import mounts
from engine_api.engines.memory.seed.variables import interpolate, read_variables
from engine_api.engines.memory.seed.yamlfile import read_yaml
from engine_api.formats.json import Json, JsonObject

__all__ = ["ComposeFile", "project_name"]

_LABEL: Final = "com.docker.compose"
_VERSION: Final = "2.26.1"
"""The version of docker compose whose labels these are."""
_TOP: Final = ("name", "version", "services", "networks", "volumes", "configs", "secrets", "include", "models")
_NETWORK: Final = (
    "name",
    "external",
    "driver",
    "driver_opts",
    "internal",
    "attachable",
    "enable_ipv4",
    "enable_ipv6",
    "ipam",
    "labels",
)
_VOLUME: Final = ("name", "external", "driver", "driver_opts", "labels")
_ENDPOINT: Final = (
    "aliases",
    "ipv4_address",
    "ipv6_address",
    "link_local_ips",
    "mac_address",
    "driver_opts",
    "priority",
    "gw_priority",
    "interface_name",
)
_CONDITIONS: Final[Mapping[str, Mapping[str, Json]]] = {
    "service_started": {},
    "service_healthy": {"State": "healthy"},
    "service_completed_successfully": {"State": "exited", "ExitCode": 0},
}


def project_name(folder: Path) -> str:
    """The name that docker compose gives to the project of a folder."""
    return re.sub(r"[^a-z0-9_-]", "", folder.name.lower()).lstrip("_-")


class ComposeFile:
    """Reads a compose file.

    Args:
        text: what is in it.
        source: what it is called in errors.
        path: where it is; None if it is nowhere, so that nothing beside it can be named.
        project: the project's name. Default: what the file says, `COMPOSE_PROJECT_NAME`, or its folder's name.
        variables: the variables of the environment.

    Raises:
        SeedError: something in it is wrong, or cannot be had.
    """

    def __init__(
        self, text: str, source: str, path: Path | None, project: str | None, variables: Mapping[str, str]
    ) -> None:
        self.warnings: list[str] = []
        self._source = source
        self._path = path
        self._folder = path.parent if path is not None else None
        self._variables = {**self._beside(), **variables}
        top = Entry(self._interpolated(read_yaml(text, source), ""), "", source).mapping(_TOP)
        self._refuse(top, {"configs", "secrets", "include", "models"}, "a seed has no such thing")
        if "services" not in top or not isinstance(top["services"].value, dict):
            raise SeedError(source, "services", "there are none")
        self.project = self._project(project, top.get("name"))
        nothing = Entry(None, "", source)
        self._networks = {**top.get("networks", nothing).mapping()}
        self._networks.setdefault("default", Entry(None, "networks.default", source))
        self._volumes = top.get("volumes", nothing).mapping()
        self._network_names = self._names(self._networks, _NETWORK)
        self._volume_names = self._names(self._volumes, _VOLUME)
        self._services = {name: self._service(entry) for name, entry in top["services"].mapping().items()}
        self._active = self._chosen()

    # Reading

    def _beside(self) -> dict[str, str]:
        return self._environment_file(self._folder / ".env", optional=True) if self._folder is not None else {}

    def _environment_file(self, path: Path, *, optional: bool = False) -> dict[str, str]:
        try:
            return read_variables(path.read_text("utf-8"))
        except FileNotFoundError:
            if optional:
                return {}
            raise SeedError(str(path), "", "there is no such file") from None
        except (OSError, ValueError) as error:
            raise SeedError(str(path), "", getattr(error, "strerror", None) or str(error)) from None

    def _interpolated(self, value: Json, place: str) -> Json:
        if isinstance(value, dict):
            return {key: self._interpolated(one, f"{place}.{key}".lstrip(".")) for key, one in value.items()}
        if isinstance(value, list):
            return [self._interpolated(one, f"{place}[{number}]") for number, one in enumerate(value)]
        if not isinstance(value, str) or "$" not in value:
            return value
        try:
            return interpolate(value, self._variables, lambda name: self._unset(place, name))
        except ValueError as error:
            raise SeedError(self._source, place, str(error)) from None

    def _unset(self, place: str, name: str) -> None:
        self.warnings.append(f"{self._source}: {place}: the variable {name} is not set, and taken for empty")

    def _left_out(self, entry: Entry) -> None:
        self.warnings.append(f"{self._source}: {entry.place}: left out; a seed does not understand it")

    def _refuse(self, keys: Mapping[str, Entry], refused: set[str], why: str) -> None:
        for key in keys:
            if key in refused and keys[key].value:
                raise keys[key].error(why)

    def _project(self, given: str | None, said: Entry | None) -> str:
        name = given or (said.text() if said is not None else "") or self._variables.get("COMPOSE_PROJECT_NAME", "")
        if not name and self._folder is not None:
            name = project_name(self._folder)
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
            problem = (
                f"{name} is no project name: lower case, digits, - and _ are" if name else "the project has no name"
            )
            raise SeedError(self._source, "name", problem)
        return name

    def _names(self, entries: Mapping[str, Entry], known: tuple[str, ...]) -> dict[str, str]:
        found = {}
        for key, entry in entries.items():
            keys = entry.mapping(known)
            external = _is_external(keys)
            found[key] = keys["name"].text() if "name" in keys else key if external else f"{self.project}_{key}"
        return found

    def _service(self, entry: Entry) -> dict[str, Entry]:
        keys = entry.mapping(KEYS)
        for key, one in keys.items():
            if key in REFUSED and one.value:
                raise one.error(REFUSED[key])
            if key in LEFT_OUT and one.value:
                self._left_out(one)
        if "image" not in keys:
            raise entry.error("it has no image")
        return keys

    def _chosen(self) -> list[str]:
        """The services to make, each after those that it depends on; one with profiles only if one is active."""
        profiles = set(self._variables.get("COMPOSE_PROFILES", "").split(","))
        active = {
            name
            for name, keys in self._services.items()
            if "profiles" not in keys or "*" in profiles or profiles & set(keys["profiles"].texts())
        }
        graph: dict[str, list[str]] = {}
        for name in self._services:
            if name in active:
                graph[name] = []
                for other, (_, _, required, entry) in self._dependencies(name).items():
                    if other in active:
                        graph[name].append(other)
                    elif required:
                        raise entry.error(f"there is no service {other}")
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            raise SeedError(self._source, "services", f"{' needs '.join(reversed(error.args[1]))}") from None

    def _dependencies(self, name: str) -> dict[str, tuple[str, bool, bool, Entry]]:
        """What a service depends on: the condition, whether it is restarted with it, and whether it must be there."""
        if "depends_on" not in self._services[name]:
            return {}
        entry = self._services[name]["depends_on"]
        if not isinstance(entry.value, dict):
            return {item.text(): ("service_started", False, True, item) for item in entry.items()}
        found = {}
        for other, one in entry.mapping().items():
            keys = one.mapping(("condition", "restart", "required"))
            condition = keys["condition"].text() if "condition" in keys else "service_started"
            if condition not in _CONDITIONS:
                raise keys["condition"].error(f"{condition} is none of {', '.join(_CONDITIONS)}")
            restart = "restart" in keys and keys["restart"].boolean()
            found[other] = (condition, restart, "required" not in keys or keys["required"].boolean(), one)
        return found

    # Writing

    def document(self) -> JsonObject:
        """The seed, as JSON has it."""
        containers = [container for name in self._active for container in self._containers(name)]
        used = {name for one in containers for name in one["NetworkingConfig"]["EndpointsConfig"]}
        return {
            "Networks": [
                self._network(key, entry)
                for key, entry in self._networks.items()
                if self._network_names[key] in used and not _is_external(entry.mapping())
            ],
            "Volumes": [
                self._volume(key, entry) for key, entry in self._volumes.items() if not _is_external(entry.mapping())
            ],
            "Containers": containers,
        }

    def _labels(self, kind: str, key: str, own: Entry | None) -> dict[str, str]:
        ours = {f"{_LABEL}.{kind}": key, f"{_LABEL}.project": self.project, f"{_LABEL}.version": _VERSION}
        return {**(own.strings() if own is not None else {}), **ours}

    def _network(self, key: str, entry: Entry) -> JsonObject:
        keys = entry.mapping()
        found: JsonObject = {
            "Name": self._network_names[key],
            "Labels": self._labels("network", key, keys.get("labels")),
        }
        for name, wire, read in _NETWORK_KEYS:
            if name in keys and keys[name].value is not None:
                found[wire] = read(keys[name])
        return found

    def _volume(self, key: str, entry: Entry) -> JsonObject:
        keys = entry.mapping()
        return {
            "Name": self._volume_names[key],
            "Labels": self._labels("volume", key, keys.get("labels")),
            **({"Driver": keys["driver"].text()} if "driver" in keys else {}),
            **({"DriverOpts": keys["driver_opts"].strings()} if "driver_opts" in keys else {}),
        }

    def _containers(self, name: str) -> list[JsonObject]:
        keys = self._services[name]
        count = self._scale(keys)
        fixed = keys["container_name"].text() if "container_name" in keys else None
        if fixed is not None and count > 1:
            raise keys["container_name"].error("a service of several containers cannot name them")
        return [self._container(name, number, fixed or self._name(name, number)) for number in range(1, count + 1)]

    def _name(self, service: str, number: int) -> str:
        return f"{self.project}-{service}-{number}"

    def _scale(self, keys: Mapping[str, Entry]) -> int:
        count = keys["scale"].integer() if "scale" in keys else 1
        for key, entry in (keys["deploy"].mapping() if "deploy" in keys else {}).items():
            if key == "replicas":
                count = entry.integer()
            else:
                self._left_out(entry)
        return count

    def _container(self, service: str, number: int, name: str) -> JsonObject:
        keys = self._services[service]
        found = {"Name": name, "Image": keys["image"].text(), **container_of(keys), **self._state(service)}
        found["HostConfig"] |= mounts(keys["volumes"], self._volume_names, self._folder) if "volumes" in keys else {}
        environment = self._environment(keys)
        if environment:
            found["Env"] = environment
        found["Labels"] = self._container_labels(service, number)
        found["ImageLabel"] = f"{_LABEL}.image"
        found["AttachStdout"] = found["AttachStderr"] = True
        mode, endpoints = self._endpoints(service, name)
        found["HostConfig"]["NetworkMode"] = mode
        found["NetworkingConfig"] = {"EndpointsConfig": endpoints}
        return found

    def _state(self, service: str) -> Mapping[str, Json]:
        """What others wait for before they begin."""
        conditions = [
            self._dependencies(other)[service][0] for other in self._active if service in self._dependencies(other)
        ]
        for condition in ("service_completed_successfully", "service_healthy"):
            if condition in conditions:
                return _CONDITIONS[condition]
        return {}

    def _environment(self, keys: Mapping[str, Entry]) -> list[str]:
        found: dict[str, str | None] = {}
        for entry in keys["env_file"].items() if "env_file" in keys else ():
            said = entry.mapping(("path", "required", "format")) if isinstance(entry.value, dict) else {"path": entry}
            if self._folder is None or "path" not in said:
                raise entry.error("there is no such file")
            optional = "required" in said and not said["required"].boolean()
            found |= self._environment_file(self._folder / said["path"].text(), optional=optional)
        found |= keys["environment"].pairs() if "environment" in keys else {}
        known = {name: self._variables.get(name) if value is None else value for name, value in found.items()}
        return [f"{name}={value}" for name, value in known.items() if value is not None]

    def _container_labels(self, service: str, number: int) -> dict[str, str]:
        keys = self._services[service]
        said = json.dumps({key: entry.value for key, entry in keys.items()}, sort_keys=True, default=str)
        depends = sorted(
            f"{other}:{condition}:{str(restart).lower()}"
            for other, (condition, restart, _, _) in self._dependencies(service).items()
        )
        ours = {
            "config-hash": hashlib.sha256(said.encode()).hexdigest(),
            "container-number": str(number),
            "depends_on": ",".join(depends),
            "oneoff": "False",
            "project.config_files": str(self._path or ""),
            "project.working_dir": str(self._folder or ""),
        }
        labels = self._labels("service", service, keys.get("labels"))
        return {**labels, **{f"{_LABEL}.{key}": value for key, value in ours.items()}}

    def _endpoints(self, service: str, name: str) -> tuple[str, JsonObject]:
        """The network mode, and the place in each network."""
        keys = self._services[service]
        if "network_mode" in keys:
            return self._mode(keys["network_mode"]), {}
        asked = keys.get("networks")
        wanted = dict(asked.mapping()) if asked is not None and isinstance(asked.value, dict) else {}
        if asked is not None and not wanted:
            wanted = {item.text(): Entry(None, item.place, item.source) for item in asked.items()}
        if not wanted:
            wanted = {"default": Entry(None, f"services.{service}", self._source)}
        read = {}
        for network, entry in wanted.items():
            if network not in self._networks:
                raise entry.error(f"{network} is none of the networks of this file")
            read[network] = entry.mapping(_ENDPOINT)
        order = sorted(read, key=lambda one: (-_number(read[one], "priority"), one))
        found = {self._network_names[one]: _endpoint(read[one], [name, service]) for one in order}
        return self._network_names[order[0]], found

    def _mode(self, entry: Entry) -> str:
        mode = entry.text()
        kind, _, other = mode.partition(":")
        if kind != "service":
            return mode
        if other not in self._active:
            raise entry.error(f"there is no service {other}")
        fixed = self._services[other].get("container_name")
        return f"container:{fixed.text() if fixed is not None else self._name(other, 1)}"


def _is_external(keys: Mapping[str, Entry]) -> bool:
    return "external" in keys and keys["external"].boolean()


def _number(keys: Mapping[str, Entry], key: str) -> int:
    return keys[key].integer() if key in keys else 0


def _endpoint(keys: Mapping[str, Entry], names: list[str]) -> JsonObject:
    found: JsonObject = {"Aliases": [*names, *(keys["aliases"].texts() if "aliases" in keys else ())]}
    addresses: JsonObject = {}
    for key, wire, read in (
        ("ipv4_address", "IPv4Address", Entry.text),
        ("ipv6_address", "IPv6Address", Entry.text),
        ("link_local_ips", "LinkLocalIPs", Entry.texts),
    ):
        if key in keys:
            addresses[wire] = read(keys[key])
    if addresses:
        found["IPAMConfig"] = addresses
    if "mac_address" in keys:
        found["MacAddress"] = keys["mac_address"].text()
    if "driver_opts" in keys:
        found["DriverOpts"] = keys["driver_opts"].strings()
    if "gw_priority" in keys:
        found["GwPriority"] = keys["gw_priority"].integer()
    return found


def _ipam(entry: Entry) -> JsonObject:
    keys = entry.mapping(("driver", "config", "options"))
    found: JsonObject = {"Config": [_pool(one) for one in keys["config"].items()] if "config" in keys else []}
    if "driver" in keys:
        found["Driver"] = keys["driver"].text()
    if "options" in keys:
        found["Options"] = keys["options"].strings()
    return found


def _pool(entry: Entry) -> JsonObject:
    keys = entry.mapping(("subnet", "gateway", "ip_range", "aux_addresses"))
    wires = {"subnet": "Subnet", "gateway": "Gateway", "ip_range": "IPRange"}
    found: JsonObject = {wires[key]: one.text() for key, one in keys.items() if key in wires}
    if "aux_addresses" in keys:
        found["AuxiliaryAddresses"] = keys["aux_addresses"].strings()
    return found


_NETWORK_KEYS: Final[list[tuple[str, str, Callable[[Entry], Json]]]] = [
    ("driver", "Driver", Entry.text),
    ("driver_opts", "Options", Entry.strings),
    ("internal", "Internal", Entry.boolean),
    ("attachable", "Attachable", Entry.boolean),
    ("enable_ipv4", "EnableIPv4", Entry.boolean),
    ("enable_ipv6", "EnableIPv6", Entry.boolean),
    ("ipam", "IPAM", _ipam),
]
