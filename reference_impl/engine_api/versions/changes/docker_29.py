"""What Docker 29 changed in behaviour, in every version that it serves."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import Conflict, EngineError, InternalError, InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.api.networks import EndpointSettings, NetworkConnectRequest, NetworkCreateRequest
from engine_api.formats.mac_address import is_mac_address
from engine_api.versions.change import Change, Scope

_RELEASE: Final = "29.0"
_INTEGERS: Final = re.compile(r"strconv\.Atoi: ")
_REFERENCES: Final = re.compile(r"invalid reference format")


_WORDS: Final = tuple(
    (re.compile(pattern, re.DOTALL), before)
    for pattern, before in (
        (r"bad parameter: path cannot be empty", "bad parameter: pathcannot be empty"),
        (
            r"multiple platform parameters are not supported in this API version; .*",
            "multiple platform parameters not supported",
        ),
        (r"container (\w+) is already paused", r"Container \1 is already paused"),
        (r'(failed to parse value as time or duration: )invalid seconds (".*"): invalid syntax', r"\1\2"),
        (r"(error while .*: )invalid port range: value is empty", r"\1Empty string specified for ports."),
        (
            r"(error while .*: )invalid \w+ port '': value is empty",
            r'\1strconv.ParseUint: parsing "": invalid syntax',
        ),
        (r"(error while .*: )invalid \w+ port '(.*)': (.*)", r'\1strconv.ParseUint: parsing "\2": \3'),
        (
            r"(.*)invalid gateway .*: parent subnet invalid Prefix doesn't contain this address",
            r"\1invalid subnet : invalid CIDR block notation",
        ),
        (
            r"(.*)no configured subnet contains IP address (.*)",
            r"\1no configured subnet or ip-range contain the IP address \2",
        ),
        (
            r"(.*)network-scoped aliases are only supported for user-defined networks(.*)",
            r"\1network-scoped alias is supported only for containers in user defined networks\2",
        ),
        (
            r"(.*)user-specified IP address is supported on user-defined networks only(.*)",
            r"\1user specified IP address is supported on user defined networks only\2",
        ),
    )
)
"""What errors say since this release, and what they said before."""


class _Docker29(Change):
    """A change that came with Docker 29.0, whose first version is v1.52."""

    version = "1.52"
    release = _RELEASE
    scope = Scope.RELEASE


class RefuseBadIntegersAsInvalid(_Docker29):
    """A malformed integer in a query is refused with 400; before, with 500."""

    operations = ("ContainerList", "ContainerStop", "PluginEnable")
    why = "a client that looks for 500 meets another failure"
    why_back = "a client that looks for 400 meets another failure"
    path = "=400"

    def lower_error(self, error: EngineError) -> EngineError:
        """Return status 500 for a malformed integer."""
        bad = isinstance(error, InvalidParameter) and _INTEGERS.match(error.message)
        return InternalError(error.message) if bad else error


class RefuseBadReferencesAsInvalid(_Docker29):
    """A malformed reference of an image to save, or of a plugin, is refused with 400; before, with 500."""

    operations = ("ImageGet", "ImageGetAll", "GetPluginPrivileges", "PluginPull", "PluginUpgrade")
    why = "a client that looks for 500 meets another failure"
    why_back = "a client that looks for 400 meets another failure"
    path = "=400"

    def lower_error(self, error: EngineError) -> EngineError:
        """Return status 500 for a malformed reference."""
        bad = isinstance(error, InvalidParameter) and _REFERENCES.match(error.message)
        return InternalError(error.message) if bad else error


class RefuseLogsOfNoStream(_Docker29):
    """The logs of a service or task without a stream are refused with 400; before, with 500 and other words."""

    operations = ("ServiceLogs", "TaskLogs")
    why = "a client that looks for 500 meets another failure"
    why_back = "a client that looks for 400 meets another failure"
    path = "=400"

    def lower_error(self, error: EngineError) -> EngineError:
        """Return status 500, and the words of before."""
        if error.message == "must specify at least one of 'stdout' or 'stderr'":
            return InternalError("Bad parameters: you must choose at least one stream")
        return error


class RefuseBadTimesOfEvents(_Docker29):
    """A malformed time of events is refused with 400 and words that name the parameter; before, with 500."""

    operations = ("SystemEvents",)
    why = "a client that looks for 500 meets another failure"
    why_back = "a client that looks for 400 meets another failure"
    path = "=400"

    _words: ClassVar = re.compile(r"invalid value for '\w+': invalid timestamp \".*\": invalid seconds (\".*\": .*)")

    def lower_error(self, error: EngineError) -> EngineError:
        """Return status 500, and the words of before."""
        match = self._words.fullmatch(error.message)
        return InternalError(f"strconv.ParseInt: parsing {match[1]}") if match else error


class NameWhatIsWrong(_Docker29):
    """Errors have other words: no path of an archive, a container that is paused already, a malformed time of a prune,
    malformed ports in filters, several platforms before v1.52, and addresses and aliases that a network cannot give.
    """

    operations = (
        "ContainerArchive",
        "ContainerArchiveInfo",
        "ContainerPutArchive",
        "ContainerPause",
        "ContainerPrune",
        "ContainerList",
        "ContainerCreate",
        "NetworkPrune",
        "NetworkConnect",
        "NetworkCreate",
        "ImageGet",
        "ImageGetAll",
        "ImageLoad",
    )
    why = "the status is the same"
    path = "message"

    def lower_error(self, error: EngineError) -> EngineError:
        """Return the words of before."""
        if isinstance(error, InvalidParameter | InternalError | Conflict):
            for pattern, before in _WORDS:
                match = pattern.fullmatch(error.message)
                if match:
                    return type(error)(match.expand(before))
        return error


class ParseAddressesWithTheBody(_Docker29):
    """Malformed ports, addresses and subnets in a body are refused as malformed JSON, the first of them only; before,
    some were accepted, and others were refused together.
    """

    operations = ("ContainerCreate", "NetworkCreate", "NetworkConnect")
    why = "what was accepted had no effect"
    path = "=400"

    def demand(self, arguments: Mapping[str, object]) -> None:
        """Refuse the first malformed value of the body."""
        for value in arguments.values():
            for message in _malformed(value):
                raise InvalidParameter(f"invalid JSON: {message}")


class ShowChosenGateways(_Docker29):
    """`IPAM.Config[].Gateway` of a network is shown also where the engine chose it for a subnet that was asked for."""

    operations = ("NetworkInspect", "NetworkList")
    why = "a field more"
    path = "IPAM.Config[].Gateway"


class RefuseLongHostNames(_Docker29):
    """A host name of more than 64 bytes is refused when a container is created; before, when it was started."""

    operations = ("ContainerCreate",)
    why = "such a container did not start"
    path = "Hostname"

    def demand(self, arguments: Mapping[str, object]) -> None:
        """Refuse a host name that the kernel does not take."""
        config = arguments["config"]
        name = config.hostname if isinstance(config, ContainerCreateRequest) else None
        if name and len(name.encode()) > 64:
            raise InvalidParameter(f'hostname "{name}" is too long (maximum 64 bytes)')


class IgnoreMalformedMacAddresses(_Docker29):
    """A malformed `MacAddress` of a container is ignored; before, it was refused."""

    operations = ("ContainerCreate",)
    why = "what was accepted still is"
    why_back = "it is refused"
    path = "MacAddress"

    def refuse(self, arguments: Mapping[str, object]) -> None:
        """Refuse a malformed address."""
        config = arguments["config"]
        if not isinstance(config, ContainerCreateRequest):
            return
        text = config.mac_address
        if text and not is_mac_address(text):
            host = config.host_config if isinstance(config.host_config, HostConfig) else HostConfig()
            mode = host.network_mode or "default"
            name = "bridge" if mode == "default" else mode
            raise InvalidParameter(f"invalid config for network {name}: invalid MAC address {text}")


class TagLocalLogs(_Docker29):
    """The log driver `local` takes the option `tag`; before, it was refused."""

    operations = ("ContainerCreate",)
    why = "what was accepted still is"
    why_back = "it is refused"
    path = "HostConfig.LogConfig.Config{}"

    def refuse(self, arguments: Mapping[str, object]) -> None:
        """Refuse the option."""
        config = arguments["config"]
        host = config.host_config if isinstance(config, ContainerCreateRequest) else None
        log = host.log_config if isinstance(host, HostConfig) else None
        if log and log.type == "local" and "tag" in (log.config or {}):
            raise InvalidParameter("unknown log opt 'tag' for log driver local")


def _malformed(value: object) -> Iterator[str]:
    """What cannot be parsed in a body, in its words."""
    if isinstance(value, ContainerCreateRequest):
        yield from _ports(value.exposed_ports or {})
        if isinstance(value.host_config, HostConfig):
            yield from _host(value.host_config)
        networking = value.networking_config
        for endpoint in (networking.endpoints_config or {}).values() if networking else ():
            yield from _endpoint(endpoint)
    elif isinstance(value, NetworkConnectRequest):
        yield from _endpoint(value.endpoint_config)
    elif isinstance(value, NetworkCreateRequest):
        for pool in (value.ipam.config or ()) if value.ipam else ():
            yield from (_prefix(text) for text in (pool.subnet, pool.ip_range) if text and "/" not in text)
            yield from _addresses(pool.gateway, *(pool.auxiliary_addresses or {}).values())


def _host(host: HostConfig) -> Iterator[str]:
    yield from _ports(host.port_bindings or {})
    for bindings in (host.port_bindings or {}).values():
        yield from _addresses(*(binding.host_ip for binding in bindings or ()))
    yield from _addresses(*(host.dns or ()))


def _endpoint(endpoint: EndpointSettings | object) -> Iterator[str]:
    if not isinstance(endpoint, EndpointSettings):
        return
    asked = endpoint.ipam_config
    if asked:
        texts = (asked.ipv4_address, asked.ipv6_address, *(asked.link_local_ips or ()))
        yield from _addresses(*texts)
    if endpoint.mac_address and not is_mac_address(endpoint.mac_address):
        yield f"address {endpoint.mac_address}: invalid MAC address"


def _addresses(*texts: object) -> Iterator[str]:
    """What is wrong with addresses; what is empty or absent is none."""
    for text in texts:
        if isinstance(text, str) and text:
            try:
                ipaddress.ip_address(text)
            except ValueError:
                yield f'ParseAddr("{text}"): unable to parse IP'


def _prefix(text: str) -> str:
    return f"netip.ParsePrefix(\"{text}\"): no '/'"


def _ports(ports: Mapping[str, object]) -> Iterator[str]:
    for name in ports:
        number = name.partition("/")[0]
        if not (number.isascii() and number.isdecimal()):
            yield f"invalid port '{number}': invalid syntax"
        elif int(number) > 65535:
            yield f"invalid port '{number}': value out of range"
