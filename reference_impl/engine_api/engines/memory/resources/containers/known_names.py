"""Names in a new container's configuration that an engine has to know: capabilities, drivers, runtimes, signals."""

from __future__ import annotations

from typing import Final

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InternalError, InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.engines.memory.userland.signals import number_of

__all__ = ["RUNTIMES", "check_names"]

RUNTIMES: Final = ("runc", "io.containerd.runc.v2")
"""What runs containers."""
_CAPABILITIES: Final = frozenset(
    [
        "ALL",
        "AUDIT_CONTROL",
        "AUDIT_READ",
        "AUDIT_WRITE",
        "BLOCK_SUSPEND",
        "BPF",
        "CHECKPOINT_RESTORE",
        "CHOWN",
        "DAC_OVERRIDE",
        "DAC_READ_SEARCH",
        "FOWNER",
        "FSETID",
        "IPC_LOCK",
        "IPC_OWNER",
        "KILL",
        "LEASE",
        "LINUX_IMMUTABLE",
        "MAC_ADMIN",
        "MAC_OVERRIDE",
        "MKNOD",
        "NET_ADMIN",
        "NET_BIND_SERVICE",
        "NET_BROADCAST",
        "NET_RAW",
        "PERFMON",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYSLOG",
        "SYS_ADMIN",
        "SYS_BOOT",
        "SYS_CHROOT",
        "SYS_MODULE",
        "SYS_NICE",
        "SYS_PACCT",
        "SYS_PTRACE",
        "SYS_RAWIO",
        "SYS_RESOURCE",
        "SYS_TIME",
        "SYS_TTY_CONFIG",
        "WAKE_ALARM",
    ]
)
_FILES: Final = frozenset(("max-size", "max-file", "compress"))
_LABELS: Final = frozenset(("labels", "labels-regex", "env", "env-regex", "tag"))
_LOG_OPTIONS: Final[dict[str, frozenset[str] | None]] = {
    "json-file": _FILES | _LABELS,
    "local": _FILES | {"tag"},
    "none": None,
    **dict.fromkeys(("awslogs", "fluentd", "gcplogs", "gelf", "journald", "splunk", "syslog"), None),
}
"""The logging drivers with their options; None where those are not looked at."""
_FOR_ALL: Final = frozenset(("mode", "max-buffer-size"))
"""Options of every logging driver."""


def check_names(config: ContainerCreateRequest, host: HostConfig) -> None:
    """Refuse names that no engine knows.

    Raises:
        InvalidParameter: there is one.
        InternalError: a security option is malformed; engines do not say that it is the client's fault.
    """
    if config.stop_signal and number_of(config.stop_signal) is None:
        raise InvalidParameter(f"invalid signal: {config.stop_signal}")
    for field, names in (("CapAdd", host.cap_add), ("CapDrop", host.cap_drop)):
        for name in names or ():
            bare = name.upper().removeprefix("CAP_")
            if bare not in _CAPABILITIES:
                raise InvalidParameter(f'invalid {field}: unknown capability: "CAP_{bare}"')
    if host.runtime and host.runtime not in RUNTIMES:
        raise InvalidParameter(f"unknown or invalid runtime name: {host.runtime}")
    for option in host.security_opt or ():
        if "=" not in option and ":" not in option and option not in ("no-new-privileges", "disable"):
            raise InternalError(f'invalid --security-opt 1: "{option}"')
    _check_log(host)


def _check_log(host: HostConfig) -> None:
    log = host.log_config
    driver = (log.type or "json-file") if log else "json-file"
    if driver not in _LOG_OPTIONS:
        raise InvalidParameter(f'error looking up logging plugin {driver}: plugin "{driver}" not found')
    known = _LOG_OPTIONS[driver]
    for option in (log.config or {}) if log else ():
        if known is not None and option not in known | _FOR_ALL:
            words = "log driver local" if driver == "local" else f"{driver} log driver"
            raise InvalidParameter(f"unknown log opt '{option}' for {words}")
