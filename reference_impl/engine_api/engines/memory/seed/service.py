"""What a service of a compose file is as a container of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from engine_api.engines.memory.seed.entries import Entry
from engine_api.engines.memory.seed.ports import expose, publish
from engine_api.formats.json import Json, JsonObject

__all__ = ["KEYS", "LEFT_OUT", "REFUSED", "container_of"]

Reader = Callable[[Entry], Json]

_CONFIG: Final[Mapping[str, tuple[str, Reader]]] = {
    "command": ("Cmd", Entry.words),
    "domainname": ("Domainname", Entry.text),
    "entrypoint": ("Entrypoint", Entry.words),
    "hostname": ("Hostname", Entry.text),
    "mac_address": ("MacAddress", Entry.text),
    "stdin_open": ("OpenStdin", Entry.boolean),
    "stop_grace_period": ("StopTimeout", lambda entry: -(-entry.nanoseconds() // 1_000_000_000)),
    "stop_signal": ("StopSignal", Entry.text),
    "tty": ("Tty", Entry.boolean),
    "user": ("User", Entry.text),
    "working_dir": ("WorkingDir", Entry.text),
    "healthcheck": ("Healthcheck", lambda entry: _healthcheck(entry)),
}
_HOST: Final[Mapping[str, tuple[str, Reader]]] = {
    "annotations": ("Annotations", Entry.strings),
    "cap_add": ("CapAdd", Entry.texts),
    "cap_drop": ("CapDrop", Entry.texts),
    "cgroup": ("CgroupnsMode", Entry.text),
    "cgroup_parent": ("CgroupParent", Entry.text),
    "cpu_period": ("CpuPeriod", Entry.integer),
    "cpu_quota": ("CpuQuota", Entry.integer),
    "cpu_shares": ("CpuShares", Entry.integer),
    "cpus": ("NanoCpus", Entry.billionths),
    "cpuset": ("CpusetCpus", Entry.text),
    "dns": ("Dns", Entry.texts),
    "dns_opt": ("DnsOptions", Entry.texts),
    "dns_search": ("DnsSearch", Entry.texts),
    "extra_hosts": ("ExtraHosts", lambda entry: [f"{n}:{v}" for n, v in entry.pairs("=:").items()]),
    "group_add": ("GroupAdd", Entry.texts),
    "init": ("Init", Entry.boolean),
    "ipc": ("IpcMode", Entry.text),
    "logging": ("LogConfig", lambda entry: _logging(entry)),
    "mem_limit": ("Memory", Entry.size),
    "mem_reservation": ("MemoryReservation", Entry.size),
    "mem_swappiness": ("MemorySwappiness", Entry.integer),
    "memswap_limit": ("MemorySwap", Entry.size),
    "oom_kill_disable": ("OomKillDisable", Entry.boolean),
    "oom_score_adj": ("OomScoreAdj", Entry.integer),
    "pid": ("PidMode", Entry.text),
    "pids_limit": ("PidsLimit", Entry.integer),
    "privileged": ("Privileged", Entry.boolean),
    "read_only": ("ReadonlyRootfs", Entry.boolean),
    "restart": ("RestartPolicy", lambda entry: _restart(entry)),
    "runtime": ("Runtime", Entry.text),
    "security_opt": ("SecurityOpt", Entry.texts),
    "shm_size": ("ShmSize", Entry.size),
    "storage_opt": ("StorageOpt", Entry.strings),
    "sysctls": ("Sysctls", Entry.strings),
    "tmpfs": ("Tmpfs", lambda entry: {path: options for path, _, options in _split(entry)}),
    "ulimits": ("Ulimits", lambda entry: [_ulimit(name, one) for name, one in entry.mapping().items()]),
    "userns_mode": ("UsernsMode", Entry.text),
    "uts": ("UTSMode", Entry.text),
}
_ELSEWHERE: Final = (
    "attach",
    "container_name",
    "depends_on",
    "deploy",
    "env_file",
    "environment",
    "expose",
    "image",
    "labels",
    "network_mode",
    "networks",
    "ports",
    "profiles",
    "pull_policy",
    "scale",
    "volumes",
)
"""Keys that are understood where the whole of the file is known, or say nothing of a container."""
REFUSED: Final = {
    "build": "a seed builds no images; build it first, and name it by image",
    "configs": "a seed has no configs; give the files to the image or to a volume",
    "extends": "a seed does not extend services; `docker compose config` writes them out",
    "secrets": "a seed has no secrets; give the files to the image or to a volume",
}
"""Keys without which a service would be another."""
LEFT_OUT: Final = (
    "blkio_config",
    "cpu_count",
    "cpu_percent",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "credential_spec",
    "develop",
    "device_cgroup_rules",
    "devices",
    "external_links",
    "gpus",
    "isolation",
    "label_file",
    "links",
    "models",
    "platform",
    "post_start",
    "pre_stop",
    "provider",
    "use_api_socket",
    "volumes_from",
)
"""Keys that are left out, and said to be."""
KEYS: Final = frozenset((*_CONFIG, *_HOST, *_ELSEWHERE, *REFUSED, *LEFT_OUT))
"""Every key that a service may have."""
_HEALTH: Final[Mapping[str, tuple[str, Reader]]] = {
    "interval": ("Interval", Entry.nanoseconds),
    "timeout": ("Timeout", Entry.nanoseconds),
    "start_period": ("StartPeriod", Entry.nanoseconds),
    "start_interval": ("StartInterval", Entry.nanoseconds),
    "retries": ("Retries", Entry.integer),
}


def container_of(keys: Mapping[str, Entry]) -> JsonObject:
    """The body of a request that creates the service's container, but for what names the file's other parts."""
    found = _read(keys, _CONFIG)
    host: JsonObject = {"PortBindings": {}, **_read(keys, _HOST)}
    exposed = expose(keys["expose"]) if "expose" in keys else {}
    if "ports" in keys:
        host["PortBindings"] = publish(keys["ports"])
        exposed |= {port: {} for port in host["PortBindings"]}
    if exposed:
        found["ExposedPorts"] = exposed
    return {**found, "HostConfig": host}


def _read(keys: Mapping[str, Entry], table: Mapping[str, tuple[str, Reader]]) -> JsonObject:
    return {table[key][0]: table[key][1](one) for key, one in keys.items() if key in table and one.value is not None}


def _split(entry: Entry) -> list[tuple[str, str, str]]:
    return [text.partition(":") for text in entry.texts()]


def _healthcheck(entry: Entry) -> JsonObject:
    keys = entry.mapping(("test", "disable", *_HEALTH))
    found = _read(keys, _HEALTH)
    if "disable" in keys and keys["disable"].boolean():
        found["Test"] = ["NONE"]
    elif "test" in keys:
        test = keys["test"]
        found["Test"] = test.texts() if isinstance(test.value, list) else ["CMD-SHELL", test.text()]
        if not found["Test"] or found["Test"][0] not in ("NONE", "CMD", "CMD-SHELL"):
            raise test.error("a list begins with NONE, CMD or CMD-SHELL")
    return found


def _logging(entry: Entry) -> JsonObject:
    keys = entry.mapping(("driver", "options"))
    driver = {"Type": keys["driver"].text()} if "driver" in keys else {}
    return {**driver, "Config": keys["options"].strings() if "options" in keys else {}}


def _restart(entry: Entry) -> JsonObject:
    name, colon, count = ("no" if entry.value is False else entry.text()).partition(":")
    if not colon:
        return {"Name": name}
    if name != "on-failure" or not count.isdigit():
        raise entry.error("it is none of no, always, unless-stopped, on-failure and on-failure:COUNT")
    return {"Name": name, "MaximumRetryCount": int(count)}


def _ulimit(name: str, entry: Entry) -> JsonObject:
    if isinstance(entry.value, dict):
        keys = entry.mapping(("soft", "hard"))
        if len(keys) < 2:
            raise entry.error("it has not both soft and hard")
        return {"Name": name, "Soft": keys["soft"].integer(), "Hard": keys["hard"].integer()}
    return {"Name": name, "Soft": entry.integer(), "Hard": entry.integer()}
