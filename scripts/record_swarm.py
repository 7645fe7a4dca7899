"""Records what a real engine answers within a swarm whose objects have every option that an engine takes.

python scripts/record_swarm.py unix:///path/docker.sock docker-28.5-swarm

It writes tests/data/answers/NAME.jsonl in the form of scripts/record_answers.py. Give it an engine of its own, with the
image `busybox` and in no swarm: it makes a swarm there, and leaves it at the end.
"""

from __future__ import annotations

import json
import sys
import time
from base64 import b64encode
from typing import Any

from record_answers import DATA, PLUGIN, Recorder, tar

from engine_api.api.versions import VERSIONS

SECONDS = 1_000_000_000

INIT: dict[str, Any] = {
    "ListenAddr": "127.0.0.1:2377",
    "AdvertiseAddr": "127.0.0.1:2377",
    "DataPathAddr": "127.0.0.1",
    "DataPathPort": 4790,
    "DefaultAddrPool": ["10.20.0.0/16"],
    "SubnetSize": 25,
    "AutoLockManagers": True,
    "Availability": "active",
    "Spec": {
        "Labels": {"a": "b"},
        "Orchestration": {"TaskHistoryRetentionLimit": 3},
        "Raft": {
            "SnapshotInterval": 5000,
            "KeepOldSnapshots": 1,
            "LogEntriesForSlowFollowers": 400,
            "ElectionTick": 10,
            "HeartbeatTick": 1,
        },
        "Dispatcher": {"HeartbeatPeriod": 6 * SECONDS},
        "CAConfig": {"NodeCertExpiry": 7776000 * SECONDS},
        "EncryptionConfig": {"AutoLockManagers": True},
        "TaskDefaults": {"LogDriver": {"Name": "json-file", "Options": {"max-size": "1m"}}},
    },
}

NETWORKS: tuple[dict[str, Any], ...] = (
    {
        "Name": "rec-overlay",
        "Driver": "overlay",
        "Attachable": True,
        "Internal": True,
        "Labels": {"a": "b"},
        "IPAM": {
            "Driver": "default",
            "Config": [{"Subnet": "10.30.0.0/24", "IPRange": "10.30.0.0/25", "Gateway": "10.30.0.1"}],
        },
    },
    {
        "Name": "rec-overlay-six",
        "Driver": "overlay",
        "Attachable": True,
        "EnableIPv6": True,
        "IPAM": {"Config": [{"Subnet": "fd00:99::/64"}]},
    },
)


def everything(secret: str, config: str) -> dict[str, Any]:
    """A service with every option that an engine on Linux takes."""
    container = {
        "Image": "busybox",
        "Labels": {"a": "b"},
        "Command": ["sh", "-c"],
        "Args": ["echo out; echo err >&2; sleep 1000"],
        "Hostname": "h-{{.Task.Slot}}",
        "Env": ["A=b"],
        "Dir": "/tmp",
        "User": "0",
        "Groups": ["1"],
        "Privileges": {
            "SELinuxContext": {"Disable": False, "User": "u", "Role": "r", "Type": "t", "Level": "l"},
            "Seccomp": {"Mode": "custom", "Profile": b64encode(b'{"defaultAction":"SCMP_ACT_ALLOW"}').decode()},
            "AppArmor": {"Mode": "disabled"},
            "NoNewPrivileges": True,
        },
        "Init": True,
        "StopSignal": "SIGTERM",
        "OpenStdin": True,
        "ReadOnly": True,
        "Mounts": [
            {
                "Type": "bind",
                "Source": "/tmp",
                "Target": "/b",
                "ReadOnly": True,
                "Consistency": "cached",
                "BindOptions": {
                    "Propagation": "rprivate",
                    "NonRecursive": True,
                    "CreateMountpoint": True,
                    "ReadOnlyNonRecursive": True,
                },
            },
            {
                "Type": "volume",
                "Source": "rec-of-service",
                "Target": "/v",
                "VolumeOptions": {
                    "NoCopy": True,
                    "Labels": {"a": "b"},
                    "DriverConfig": {"Name": "local", "Options": {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}},
                },
            },
            {
                "Type": "tmpfs",
                "Target": "/t",
                "TmpfsOptions": {"SizeBytes": 65536, "Mode": 448, "Options": [["noexec"]]},
            },
        ],
        "StopGracePeriod": SECONDS,
        "Healthcheck": {
            "Test": ["CMD", "true"],
            "Interval": SECONDS,
            "Timeout": SECONDS,
            "StartPeriod": SECONDS,
            "StartInterval": SECONDS,
            "Retries": 3,
        },
        "Hosts": ["192.0.2.1 a b"],
        "DNSConfig": {"Nameservers": ["192.0.2.1"], "Search": ["example.test"], "Options": ["timeout:3"]},
        "Secrets": [
            {
                "File": {"Name": "s", "UID": "0", "GID": "0", "Mode": 292},
                "SecretID": secret,
                "SecretName": "rec-secret",
            }
        ],
        "Configs": [
            {
                "File": {"Name": "/c", "UID": "0", "GID": "0", "Mode": 292},
                "ConfigID": config,
                "ConfigName": "rec-config",
            },
        ],
        "Isolation": "default",
        "Sysctls": {"net.ipv4.ip_forward": "1"},
        "CapabilityAdd": ["CAP_NET_RAW"],
        "CapabilityDrop": ["CAP_MKNOD"],
        "Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 200}],
        "OomScoreAdj": 10,
    }
    return {
        "Name": "rec-everything",
        "Labels": {"a": "b"},
        "TaskTemplate": {
            "ContainerSpec": container,
            "Resources": {
                "Limits": {"NanoCPUs": 500000000, "MemoryBytes": 33554432, "Pids": 50},
                "Reservations": {"NanoCPUs": 1000000, "MemoryBytes": 4194304},
            },
            "RestartPolicy": {"Condition": "any", "Delay": SECONDS, "MaxAttempts": 2, "Window": SECONDS},
            "Placement": {
                "Constraints": ["node.role==manager"],
                "Preferences": [{"Spread": {"SpreadDescriptor": "node.labels.zone"}}],
                "MaxReplicas": 3,
                "Platforms": [{"Architecture": "amd64", "OS": "linux"}],
            },
            "Networks": [{"Target": "rec-overlay", "Aliases": ["alias"], "DriverOpts": {"a": "b"}}],
            "LogDriver": {"Name": "json-file", "Options": {"max-size": "1m"}},
            "ForceUpdate": 3,
            "Runtime": "container",
        },
        "Mode": {"Replicated": {"Replicas": 1}},
        "UpdateConfig": {
            "Parallelism": 1,
            "Delay": 1000,
            "FailureAction": "rollback",
            "Monitor": SECONDS,
            "MaxFailureRatio": 0.25,
            "Order": "start-first",
        },
        "RollbackConfig": {
            "Parallelism": 1,
            "FailureAction": "pause",
            "Monitor": SECONDS,
            "MaxFailureRatio": 0.5,
            "Order": "stop-first",
        },
        "EndpointSpec": {
            "Mode": "dnsrr",
            "Ports": [{"Name": "p", "Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8089, "PublishMode": "host"}],
        },
    }


def service(name: str, *command: str, task: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A service of which nothing else is said."""
    container = {"Image": "busybox", "Command": list(command or ("sleep", "1000"))}
    return {"Name": f"rec-{name}", "TaskTemplate": {"ContainerSpec": container, **(task or {})}, **more}


def set_up(recorder: Recorder) -> None:
    """Make the swarm and what is in it."""
    call = recorder.call
    call("SwarmInit", json_body=INIT)
    node = call("NodeList")[0]
    spec = {**node["Spec"], "Name": "rec-node", "Labels": {"zone": "a"}}
    call("NodeUpdate", node["ID"], version=node["Version"]["Index"], json_body=spec)
    for network in NETWORKS:
        call("NetworkCreate", json_body=network)
    secret = call("SecretCreate", json_body={"Name": "rec-secret", "Data": "aGVsbG8=", "Labels": {"a": "b"}})["ID"]
    call("SecretCreate", json_body={"Name": "rec-template", "Data": "aGVsbG8=", "Templating": {"Name": "golang"}})
    template = {"Name": "golang", "Options": {"a": "b"}}
    body = {"Name": "rec-config", "Data": "aGVsbG8=", "Labels": {"a": "b"}, "Templating": template}
    config = call("ConfigCreate", json_body=body)["ID"]
    credentials = call("ConfigCreate", json_body={"Name": "rec-credentials", "Data": "e30="})["ID"]
    call("ServiceCreate", json_body=everything(secret, config))
    once = {"RestartPolicy": {"Condition": "none"}}
    ports = {"Ports": [{"TargetPort": 80}, {"TargetPort": 81, "Protocol": "udp", "PublishedPort": 9191}]}
    generic = [
        {"DiscreteResourceSpec": {"Kind": "SSD", "Value": 3}},
        {"NamedResourceSpec": {"Kind": "GPU", "Value": "one"}},
    ]
    # No node may take this one: 28.5 ends when it starts a container with a config for the engine.
    nowhere = service("credentials", task={"Placement": {"Constraints": ["node.role==worker"]}})
    nowhere["TaskTemplate"]["ContainerSpec"] |= {
        "Privileges": {"CredentialSpec": {"Config": credentials}},
        "Configs": [{"Runtime": {}, "ConfigID": credentials, "ConfigName": "rec-credentials"}],
    }
    for body in (
        nowhere,
        service("address", Networks=[{"Target": "rec-overlay"}], EndpointSpec=ports),
        service("six", Networks=[{"Target": "rec-overlay-six"}]),
        service("global", Mode={"Global": {}}),
        service("job", "true", task=once, Mode={"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 2}}),
        service("global-job", "true", task=once, Mode={"GlobalJob": {}}),
        service("generic", task={"Resources": {"Reservations": {"GenericResources": generic}}}),
        service("missing", "/no/such/program", task=once),
    ):
        call("ServiceCreate", json_body=body, quiet=True)
    attached = {"Image": "busybox", "Cmd": ["sleep", "1000"], "HostConfig": {"NetworkMode": "rec-overlay"}}
    call("ContainerStart", call("ContainerCreate", name="rec-attached", json_body=attached)["Id"])
    files = {"config.json": json.dumps(PLUGIN).encode(), "rootfs/": b"", "rootfs/bin/": b"", "rootfs/bin/true": b"#!"}
    call("PluginCreate", name="rec-plugin", body=tar(files), quiet=True)
    time.sleep(10)
    found = recorder.get("/services/rec-global")
    found["Spec"]["TaskTemplate"]["ContainerSpec"]["Env"] = ["A=b"]
    call("ServiceUpdate", "rec-global", version=found["Version"]["Index"], json_body=found["Spec"])
    time.sleep(8)


def look(recorder: Recorder) -> None:
    """Ask for all that is there."""
    call = recorder.call
    call("SwarmInspect")
    call("SwarmUnlockkey")
    for kind in ("Node", "Service", "Task", "Secret", "Config"):
        for item in call(f"{kind}List") or ():
            call(f"{kind}Inspect", item["ID"], quiet=True)
    call("ServiceList", status=1)
    for name in ("rec-everything", "rec-address"):
        call("ServiceInspect", name, insertDefaults=1)
    for name in ("rec-overlay", "rec-overlay-six", "ingress"):
        call("NetworkInspect", name, verbose=1)
    call("PluginInspect", "rec-plugin")
    call("PluginList")


def tear_down(recorder: Recorder) -> None:
    """Leave the engine as it was."""
    recorder.call("ContainerDelete", "rec-attached", force=1)
    recorder.call("PluginDelete", "rec-plugin", force=1)
    recorder.call("SwarmLeave", force=1)


def main(address: str, name: str) -> None:
    """Record an engine."""
    recorder = Recorder(address.removeprefix("unix://"))
    versions = [version for version in VERSIONS if recorder.oldest <= version <= recorder.newest]
    recorder.version = versions[-1]
    set_up(recorder)
    for version in versions:
        recorder.version = version
        look(recorder)
    tear_down(recorder)
    path = DATA / f"{name}.jsonl"
    path.write_text("\n".join(recorder.lines()) + "\n", "utf-8")
    print(f"{path}: {len(recorder.kept)} answers of {len(recorder.called)} operations, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
