"""Published ports of a compose file."""

from __future__ import annotations

import re
from typing import Final

from engine_api.engines.memory.seed.entries import Entry

__all__ = ["Ports", "expose", "publish"]

Ports = dict[str, list[dict[str, str]]]
"""Ports of the host for ports of the container, as `PortBindings` has them."""

_RANGE: Final = r"\d+(?:-\d+)?"
_SHORT: Final = re.compile(
    rf"(?:(?:(?P<ip>\[[0-9a-fA-F:]+\]|[\d.]+):)?(?P<host>{_RANGE})?:)?(?P<target>{_RANGE})(?:/(?P<protocol>\w+))?"
)
_LONG: Final = ("target", "published", "host_ip", "protocol", "mode", "name", "app_protocol")
_PROTOCOLS: Final = ("tcp", "udp", "sctp")


def publish(ports: Entry) -> Ports:
    """The bindings of a service's `ports`."""
    found: Ports = {}
    for port in ports.items():
        one = _long(port) if isinstance(port.value, dict) else _short(port)
        for key, bindings in one.items():
            found.setdefault(key, []).extend(bindings)
    return found


def expose(ports: Entry) -> dict[str, dict[str, str]]:
    """The exposed ports of a service's `expose`."""
    found: dict[str, dict[str, str]] = {}
    for port in ports.items():
        numbers, _, protocol = port.text().partition("/")
        found |= {f"{number}/{_protocol(port, protocol or 'tcp')}": {} for number in _numbers(port, numbers)}
    return found


def _protocol(port: Entry, protocol: str) -> str:
    if protocol not in _PROTOCOLS:
        raise port.error(f"{protocol} is none of {', '.join(_PROTOCOLS)}")
    return protocol


def _numbers(port: Entry, text: str) -> range:
    if not re.fullmatch(_RANGE, text):
        raise port.error("it is no port, such as 8080:80")
    first, _, last = text.partition("-")
    found = range(int(first), int(last or first) + 1)
    if not found or found[-1] > 65535 or found[0] < 1:
        raise port.error(f"{text} is no port")
    return found


def _short(port: Entry) -> Ports:
    match = _SHORT.fullmatch(port.text())
    if match is None:
        raise port.error("it is no port, such as 8080:80")
    return _bind(
        port, (match["ip"] or "").strip("[]"), match["host"] or "", match["target"], match["protocol"] or "tcp"
    )


def _long(port: Entry) -> Ports:
    keys = port.mapping(_LONG)
    if "target" not in keys:
        raise port.error("it has no target")
    said = {key: entry.text() for key, entry in keys.items()}
    return _bind(port, said.get("host_ip", ""), said.get("published", ""), said["target"], said.get("protocol", "tcp"))


def _bind(port: Entry, address: str, host: str, target: str, protocol: str) -> Ports:
    targets = _numbers(port, target)
    hosts = [str(number) for number in _numbers(port, host)] if host else [""] * len(targets)
    if len(targets) == 1 and len(hosts) > 1:
        hosts = [host]  # any one of them
    if len(hosts) != len(targets):
        raise port.error("the ranges are not of the same length")
    return {
        f"{number}/{_protocol(port, protocol)}": [{"HostIp": address, "HostPort": published}]
        for number, published in zip(targets, hosts, strict=True)
    }
