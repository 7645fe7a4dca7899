"""Records what a real engine answers to every operation that can be called, in every version that it serves.

python scripts/record_answers.py unix:///path/docker.sock docker-28.5 [REGISTRY]

It writes tests/data/answers/NAME.jsonl: a line per operation and form of its answer, with the versions in which it was
seen. Of answers that differ in values only, one is kept, and of list items that do, one. Names of the machine and what
could be a secret are replaced.

Give it an engine of its own, with the image `busybox` and nothing else: it makes containers, networks, volumes, images
and a swarm there, prunes, and does not clean up all of it. REGISTRY, such as 127.0.0.1:5000, is one that the engine
reaches without TLS; scripts/registry.py can be it.
"""

from __future__ import annotations

import http.client
import io
import json
import re
import socket
import sys
import tarfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from engine_api.api.versions import VERSIONS, Version
from engine_api.wire.bindings import Binding, Place, ResponseKind, binding_of
from engine_api.wire.paths import fill
from engine_api.wire.pathstat import PATH_STAT

DATA = Path(__file__).parent.parent / "tests" / "data" / "answers"
IDENTIFIER = re.compile(r"(sha256:)?[0-9a-f]{64}|[0-9a-z]{25}|[0-9a-f]{12}")
LABEL = "rec"

DOCKERFILE = """\
FROM busybox
LABEL rec=image
ENV GREETING=hello
WORKDIR /srv
COPY file /srv/file
EXPOSE 80/tcp
VOLUME /data
STOPSIGNAL SIGTERM
SHELL ["sh", "-c"]
ONBUILD RUN true
USER 1000
HEALTHCHECK --interval=1s --timeout=2s --retries=2 CMD true
ENTRYPOINT ["sh", "-c"]
CMD ["sleep 1000"]
"""

CREATE: dict[str, Any] = {
    "Image": "busybox",
    "Hostname": "web",
    "Domainname": "example.test",
    "User": "0",
    "Env": ["A=b"],
    "Cmd": ["sh", "-c", "echo hello; touch /new; sleep 1000"],
    "WorkingDir": "/tmp",
    "Labels": {LABEL: "full"},
    "StopSignal": "SIGKILL",
    "StopTimeout": 1,
    "ExposedPorts": {"80/tcp": {}, "81/udp": {}},
    "Volumes": {"/anonymous": {}},
    "Healthcheck": {"Test": ["CMD-SHELL", "echo fine"], "Interval": 1000000000, "Timeout": 1000000000, "Retries": 2},
    "HostConfig": {
        "Binds": ["rec-volume:/bound:ro"],
        "Mounts": [
            {
                "Type": "volume",
                "Source": "rec-mounted",
                "Target": "/m",
                "VolumeOptions": {"NoCopy": True, "Labels": {"a": "b"}},
            },
            {
                "Type": "bind",
                "Source": "/tmp",
                "Target": "/b",
                "ReadOnly": True,
                "BindOptions": {"Propagation": "rprivate"},
            },
            {"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 65536, "Mode": 448}},
        ],
        "Memory": 67108864,
        "MemoryReservation": 33554432,
        "CpuShares": 512,
        "CpuPeriod": 100000,
        "CpuQuota": 50000,
        "PidsLimit": 100,
        "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]},
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2},
        "CapAdd": ["NET_ADMIN"],
        "CapDrop": ["MKNOD"],
        "Dns": ["192.0.2.1"],
        "DnsOptions": ["ndots:1"],
        "DnsSearch": ["example.test"],
        "ExtraHosts": ["other:192.0.2.2"],
        "GroupAdd": ["1000"],
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}},
        "Tmpfs": {"/run": "size=64k"},
        "Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 100}],
        "Sysctls": {"net.ipv4.ip_forward": "1"},
        "Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/nothing", "CgroupPermissions": "rw"}],
        "SecurityOpt": ["no-new-privileges"],
        "ShmSize": 65536,
        "Init": True,
        "NetworkMode": "rec-network",
    },
    "NetworkingConfig": {
        "EndpointsConfig": {
            "rec-network": {
                "Aliases": ["alias"],
                "IPAMConfig": {"IPv4Address": "10.77.0.7"},
                "DriverOpts": {"a": "b"},
            }
        }
    },
}

SERVICE: dict[str, Any] = {
    "Name": "rec-service",
    "Labels": {LABEL: "service"},
    "TaskTemplate": {
        "ContainerSpec": {
            "Image": "busybox",
            "Command": ["sleep"],
            "Args": ["1000"],
            "Env": ["A=b"],
            "Labels": {"c": "d"},
            "Mounts": [{"Type": "tmpfs", "Target": "/t"}],
            "StopGracePeriod": 1000000000,
            "DNSConfig": {"Nameservers": ["192.0.2.1"]},
            "Hosts": ["192.0.2.2 other"],
            "Healthcheck": {"Test": ["NONE"]},
            "Secrets": [],
            "Configs": [],
        },
        "Resources": {
            "Limits": {"MemoryBytes": 33554432, "NanoCPUs": 500000000},
            "Reservations": {"MemoryBytes": 16777216},
        },
        "RestartPolicy": {"Condition": "on-failure", "Delay": 1000000000, "MaxAttempts": 1, "Window": 1000000000},
        "Placement": {
            "Constraints": ["node.role==manager"],
            "Preferences": [{"Spread": {"SpreadDescriptor": "node.id"}}],
        },
        "LogDriver": {"Name": "json-file", "Options": {"max-size": "1m"}},
        "Networks": [{"Target": "rec-overlay", "Aliases": ["alias"]}],
    },
    "Mode": {"Replicated": {"Replicas": 1}},
    "UpdateConfig": {"Parallelism": 1, "Delay": 1000000000, "FailureAction": "pause", "Order": "stop-first"},
    "RollbackConfig": {"Parallelism": 1, "FailureAction": "pause", "Order": "stop-first"},
    "EndpointSpec": {
        "Mode": "dnsrr",
        "Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8088, "PublishMode": "host"}],
    },
}

PLUGIN: dict[str, Any] = {
    "documentation": "none",
    "entrypoint": ["/bin/true"],
    "workdir": "/",
    "interface": {"types": ["docker.volumedriver/1.0"], "socket": "none.sock"},
    "network": {"type": "none"},
    "linux": {
        "capabilities": ["CAP_SYS_ADMIN"],
        "allowAllDevices": False,
        "devices": [{"name": "null", "path": "/dev/null", "settable": ["path"]}],
    },
    "mounts": [
        {
            "name": "tmp",
            "source": "/tmp",
            "destination": "/tmp",
            "type": "bind",
            "options": ["rbind"],
            "settable": ["source"],
        }
    ],
    "env": [{"name": "DEBUG", "description": "says more", "value": "0", "settable": ["value"]}],
    "args": {"name": "args", "description": "none", "value": [], "settable": ["value"]},
    "propagatedMount": "/tmp",
}


def tar(files: dict[str, bytes]) -> bytes:
    """A tar of files; a name that ends in a slash is a folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name.rstrip("/"))
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            info.mode = 0o755
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def plugin_context(description: str) -> bytes:
    """What a plugin is made from."""
    files = {"rootfs/": b"", "rootfs/bin/": b"", "rootfs/bin/true": description.encode()}
    return tar({"config.json": json.dumps({**PLUGIN, "description": description}).encode(), **files})


class Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=15)
        self._path = path

    def connect(self) -> None:
        """Open it."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(15)
        self.sock.connect(self._path)


def form(value: Any) -> Any:
    """What two values share that differ in texts, numbers and identifiers only."""
    if isinstance(value, dict):
        return tuple(sorted((IDENTIFIER.sub("", key), form(own)) for key, own in value.items()))
    if isinstance(value, list):
        return ("list", *sorted({repr(form(own)) for own in value}))
    return type(value).__name__


def trimmed(value: Any) -> Any:
    """A value with one item of each form in its lists."""
    if isinstance(value, dict):
        return {key: trimmed(own) for key, own in value.items()}
    if isinstance(value, list):
        kept = {repr(form(own)): trimmed(own) for own in reversed(value)}
        return list(reversed(kept.values()))
    return value


class Recorder:
    """Calls operations, and keeps what came."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.kept: dict[tuple[str, int, str], tuple[Any, list[str]]] = {}
        self.called: set[str] = set()
        self.version = VERSIONS[-1]
        self._replaced: list[tuple[re.Pattern[str], str]] = [
            (re.compile(r"SWMTKN-1-[0-9a-z-]+"), "SWMTKN-1-token"),
            (re.compile(r"SWMKEY-1-[0-9A-Za-z+/]+"), "SWMKEY-1-key"),
            (re.compile(re.escape(str(Path(path).parent)) + r"(/data)?"), "/var/lib/docker"),
        ]
        version, info = self.get("/version"), self.get("/info")
        self.newest, self.oldest = Version.parse(version["ApiVersion"]), Version.parse(version["MinAPIVersion"])
        self._host = info["Name"]

    def get(self, path: str) -> Any:
        """What a path answers, unrecorded."""
        return json.loads(self.send("GET", path, None, {})[2])

    def send(
        self, verb: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = Connection(self._path)
        connection.request(verb, path, body, headers)
        answer = connection.getresponse()
        data = b"" if answer.status == 101 else answer.read()
        connection.close()
        return answer.status, answer.headers, data

    def call(
        self,
        operation: str,
        *names: str,
        json_body: Any = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        quiet: bool = False,
        **query: Any,
    ) -> Any:
        """Call an operation in the version, unless that lacks it; gives the JSON that came.

        Args:
            operation: its id.
            names: the names in its path.
            json_body: the body.
            body: the body, if it is no JSON.
            headers: further headers.
            quiet: whether a refusal is expected.
            query: the query; `_` stands for `-`.
        """
        binding = binding_of(operation)
        if self.version not in binding.operation.span:
            return None
        places = [own.parameter.name for own in binding.arguments.values() if own.place is Place.PATH]
        path = f"/v{self.version}" + fill(binding.path, dict(zip(places, names, strict=True)))
        if query:
            path += "?" + urlencode({key.replace("_", "-"): value for key, value in query.items()})
        sent = dict(headers or {})
        if json_body is not None:
            body, sent["Content-Type"] = json.dumps(json_body).encode(), "application/json"
        elif body is not None:
            sent["Content-Type"] = "application/x-tar"
        try:
            status, got, data = self.send(binding.verb, path, body, sent)
        except (TimeoutError, http.client.RemoteDisconnected):
            print(f"{operation} in v{self.version} was not answered: {path}", file=sys.stderr)
            return None
        self.called.add(operation)
        if status >= 300 and not quiet and not _in_header(binding, got):
            print(
                f"{operation} in v{self.version}: {status} {data.decode('utf-8', 'replace').strip()}", file=sys.stderr
            )
        return self._keep_response(binding, status, got, data)

    def _keep_response(self, binding: Binding, status: int, headers: http.client.HTTPMessage, data: bytes) -> Any:
        """Keep the JSON of a response, and return it unless it came in a header."""
        operation = binding.operation.id
        if _in_header(binding, headers):
            self._keep(operation, status, json.loads(b64decode(headers[PATH_STAT])))
            return None
        if status < 300 and binding.response in (ResponseKind.MESSAGES, ResponseKind.DOCUMENTS):
            documents = list(_documents(data.decode()))
            for document in documents:
                self._keep(operation, status, document)
            return documents
        if "json" not in headers.get("Content-Type", "") or not data:
            return None
        answer = json.loads(data)
        if status < 300:
            self._keep(operation, status, answer)
        return answer

    def _keep(self, operation: str, status: int, answer: Any) -> None:
        clean = trimmed(self._cleaned(answer))
        _, versions = self.kept.setdefault((operation, status, repr(form(clean))), (clean, []))
        if str(self.version) not in versions:
            versions.append(str(self.version))

    def _cleaned(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._cleaned(key): self._cleaned(own) for key, own in value.items()}
        if isinstance(value, list):
            return [self._cleaned(own) for own in value]
        if isinstance(value, str):
            if value == self._host:
                return "engine"
            for pattern, text in self._replaced:
                value = pattern.sub(text, value)
        return value

    def lines(self) -> Iterator[str]:
        """The recording."""
        for (operation, status, _), (answer, versions) in sorted(self.kept.items(), key=lambda item: item[0]):
            line = {"operation": operation, "status": status, "versions": sorted(versions, key=Version.parse)}
            yield json.dumps({**line, "answer": answer}, separators=(",", ":"), ensure_ascii=False)


def _in_header(binding: Binding, headers: http.client.HTTPMessage) -> bool:
    """Whether the JSON of a response is in a header."""
    return binding.response in (ResponseKind.PATH_STAT, ResponseKind.ARCHIVE) and PATH_STAT in headers


def _documents(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:]


def set_up(recorder: Recorder) -> dict[str, str]:
    """Make what is looked at in every version; gives identifiers by name."""
    call, made = recorder.call, {}
    recorder.version = min(recorder.newest, VERSIONS[-1])
    context = tar({"Dockerfile": DOCKERFILE.encode(), "file": b"content"})
    call("ImageBuild", body=context, t="rec:1", version="1", rm=1)
    call("ImageBuild", body=tar({"Dockerfile": b"FROM busybox\nRUN echo untagged > /x\n"}), version="1", rm=1)
    ipam = {
        "Driver": "default",
        "Options": {},
        "Config": [
            {
                "Subnet": "10.77.0.0/16",
                "IPRange": "10.77.0.0/24",
                "Gateway": "10.77.0.1",
                "AuxiliaryAddresses": {"a": "10.77.0.2"},
            }
        ],
    }
    call(
        "NetworkCreate",
        json_body={
            "Name": "rec-network",
            "Labels": {LABEL: "x"},
            "IPAM": ipam,
            "Options": {"com.docker.network.bridge.name": "rec0"},
            "Attachable": True,
        },
    )
    six = {"Config": [{"Subnet": "fd00:77::/64"}, {"Subnet": "10.78.0.0/16"}]}
    call("NetworkCreate", json_body={"Name": "rec-six", "EnableIPv6": True, "Internal": True, "IPAM": six})
    call(
        "VolumeCreate",
        json_body={
            "Name": "rec-volume",
            "Labels": {LABEL: "x"},
            "DriverOpts": {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"},
        },
    )
    for name, config in {
        "minimal": {"Image": "busybox"},
        "full": CREATE,
        "exited": {"Image": "busybox", "Cmd": ["sh", "-c", "mkdir /d; rm /etc/passwd; exit 3"]},
        "paused": {"Image": "rec:1", "Tty": True, "OpenStdin": True},
        "linked": {
            "Image": "busybox",
            "Cmd": ["sleep", "1000"],
            "HostConfig": {"Links": ["rec-linkee:other"], "AutoRemove": True},
        },
        "hosted": {
            "Image": "busybox",
            "Cmd": ["sleep", "1000"],
            "HostConfig": {"NetworkMode": "host", "PidMode": "host", "IpcMode": "host"},
        },
        "alone": {
            "Image": "busybox",
            "Cmd": ["sleep", "1000"],
            "HostConfig": {"NetworkMode": "none", "ReadonlyRootfs": True},
        },
        "failed": {"Image": "busybox", "Cmd": ["/no/such/program"]},
    }.items():
        if name == "linked":
            call(
                "ContainerStart",
                call("ContainerCreate", name="rec-linkee", json_body={"Image": "busybox", "Cmd": ["sleep", "1000"]})[
                    "Id"
                ],
            )
        answer = call("ContainerCreate", name=f"rec-{name}", json_body=config)
        made[name] = answer["Id"]
        if name != "minimal":
            call("ContainerStart", made[name], quiet=name == "failed")
    call("NetworkConnect", "rec-six", json_body={"Container": made["full"], "EndpointConfig": {"Aliases": ["six"]}})
    call("ContainerPause", made["paused"])
    made["exec"] = call(
        "ContainerExec",
        made["full"],
        json_body={
            "Cmd": ["sleep", "1000"],
            "Env": ["A=b"],
            "User": "0",
            "Privileged": False,
            "WorkingDir": "/",
            "Tty": True,
        },
    )["Id"]
    call("ExecStart", made["exec"], json_body={"Detach": True})
    made["ended"] = call("ContainerExec", made["full"], json_body={"Cmd": ["sh", "-c", "exit 4"]})["Id"]
    call("ExecStart", made["ended"], json_body={"Detach": True})
    made["waiting"] = call(
        "ContainerExec", made["full"], json_body={"Cmd": ["true"], "AttachStdin": True, "DetachKeys": "ctrl-a"}
    )["Id"]
    call("ContainerWait", made["exited"])
    call("PluginCreate", name="rec-plugin", body=plugin_context("of no use"), quiet=True)
    time.sleep(4)
    return made


def look(recorder: Recorder, made: dict[str, str], since: float) -> None:
    """Whatever only looks."""
    call, version = recorder.call, recorder.version
    call("SystemVersion")
    call("SystemInfo")
    call("SystemDataUsage")
    call("SystemDataUsage", verbose=1)
    for kind in ("container", "image", "volume", "build-cache"):
        call("SystemDataUsage", type=kind)
    call("SystemEvents", since=int(since), until=int(time.time()) + 1)
    call("ContainerList", all=1)
    call("ContainerList", all=1, size=1)
    for name in ("minimal", "full", "exited", "paused", "linked", "hosted", "alone", "failed"):
        call("ContainerInspect", made[name])
    call("ContainerInspect", made["full"], size=1)
    for name in ("full", "paused"):
        call("ContainerTop", made[name])
        call("ContainerChanges", made[name])
    call("ContainerTop", made["full"], ps_args="-o pid,comm", quiet=True)
    call("ContainerChanges", made["exited"])
    call("ContainerChanges", made["minimal"])
    call("ContainerStats", made["full"], stream=0)
    call("ContainerStats", made["full"], stream=0, **{"one-shot": 1})
    call("ContainerStats", made["exited"], stream=0)
    if version in (recorder.oldest, recorder.newest):
        call("ContainerStats", made["hosted"], stream=0)
        call("ContainerStats", made["alone"], stream=0)
    call("ContainerArchiveInfo", made["full"], path="/etc/passwd")
    call("ContainerArchiveInfo", made["full"], path="/bin/sh")
    call("ContainerArchive", made["full"], path="/etc/passwd")
    for name in ("exec", "ended", "waiting"):
        call("ExecInspect", made[name])
    call("ImageList", all=1, digests=1)
    call("ImageList", shared_size=1)
    call("ImageList", manifests=1, quiet=True)
    for name in ("busybox", "rec:1"):
        call("ImageInspect", name)
        call("ImageInspect", name, manifests=1, quiet=True)
        call("ImageHistory", name)
    call("NetworkList")
    for network in recorder.get("/networks"):
        call("NetworkInspect", network["Id"])
        call("NetworkInspect", network["Id"], verbose=1)
    call("VolumeList")
    call("VolumeInspect", "rec-volume")
    call("VolumeInspect", "rec-mounted")
    call("PluginList")
    plugin = "PluginInspect" if recorder.version > Version(1, 24) else "PluginInspectV124"
    call(plugin, "rec-plugin", quiet=True)
    call("CheckpointList", made["full"], quiet=True)
    call("ImageSearch", term="busybox", quiet=True)
    call("DistributionInspect", "busybox", quiet=True)


def change(recorder: Recorder) -> None:
    """Whatever makes, changes and removes."""
    call, version = recorder.call, recorder.version
    created = call(
        "ContainerCreate",
        json_body={
            "Image": "busybox",
            "Cmd": ["sh", "-c", "exit 3"],
            "Labels": {LABEL: "gone"},
            "HostConfig": {"KernelMemory": 8388608, "Memory": 8388608, "OomKillDisable": True},
        },
        quiet=True,
    )
    if "Id" not in created:
        created = call(
            "ContainerCreate", json_body={"Image": "busybox", "Cmd": ["sh", "-c", "exit 3"], "Labels": {LABEL: "gone"}}
        )
    id = created["Id"]
    call("ContainerUpdate", id, json_body={"CpuShares": 256})
    call("ContainerUpdate", id, json_body={"Memory": 16777216, "MemorySwap": -1})
    call("ContainerRename", id, name=f"rec-renamed-{version}")
    call("ContainerStart", id)
    call("ContainerWait", id)
    commit = call("ImageCommit", container=id, repo="rec", tag="committed", comment="why", author="who")
    call("ContainerPrune", filters=json.dumps({"label": [f"{LABEL}=gone"]}))
    if version < Version(1, 25):
        call("ContainerDelete", id)
    call("ImageTag", "rec:committed", repo="rec", tag="other")
    call("ImageDelete", "rec:other")
    call("ImageDelete", "rec:committed")
    assert commit is not None
    call("ImagePrune", filters=json.dumps({"label": ["no-such-label"]}))
    call(
        "ImageBuild",
        body=tar({"Dockerfile": f"FROM busybox\nLABEL version={version}\nRUN echo hello\n".encode()}),
        t="rec:built",
        version="1",
    )
    call("ImageBuild", body=tar({"Dockerfile": b"FROM busybox\nRUN exit 5\n"}), version="1", quiet=True)
    call(
        "ImageBuild",
        body=tar({"Dockerfile": f"FROM busybox\nLABEL pruned={version}\n".encode()}),
        t="rec:pruned",
        q=1,
        version="1",
    )
    call("ImageDelete", "rec:pruned", noprune=1)
    call("ImageDelete", "rec:built")
    call(
        "ImageBuild", body=tar({"Dockerfile": f"FROM busybox\nLABEL rec=pruned-{version}\n".encode()}), q=1, version="1"
    )
    call("ImagePrune", filters=json.dumps({"label": [f"rec=pruned-{version}"], "dangling": ["true"]}))
    call("BuildPrune", filters=json.dumps({"id": ["no-such-id"]}))
    imported = tar({"hello": version.__str__().encode()})
    call("ImageCreate", body=imported, fromSrc="-", repo="rec", tag="imported", message="a note")
    saved = recorder.send("GET", f"/v{version}/images/rec:imported/get", None, {})[2]
    call("ImageDelete", "rec:imported")
    call("ImageLoad", body=saved)
    call("ImageDelete", "rec:imported")
    call("ImageCreate", fromImage="127.0.0.1:9/none", tag="1", quiet=True)
    call("ImagePush", "rec", tag="1", headers={"X-Registry-Auth": "e30="}, quiet=True)
    call("SystemAuth", json_body={"username": "a", "password": "b", "serveraddress": "127.0.0.1:9"}, quiet=True)
    network = call(
        "NetworkCreate", json_body={"Name": f"rec-{version}", "Labels": {LABEL: "gone"}, "CheckDuplicate": True}
    )
    call("NetworkConnect", network["Id"], json_body={"Container": "rec-minimal"})
    call("NetworkDisconnect", network["Id"], json_body={"Container": "rec-minimal"})
    call("NetworkPrune", filters=json.dumps({"label": [f"{LABEL}=gone"]}))
    if version < Version(1, 25):
        call("NetworkDelete", network["Id"])
    call("VolumeCreate", json_body={"Labels": {LABEL: "gone"}})
    call("VolumeCreate", json_body={"Name": "rec-bare"})
    call("VolumePrune", filters=json.dumps({"label": [f"{LABEL}=gone"]}))
    call("VolumeDelete", "rec-bare")
    call("ContainerExec", "rec-full", json_body={"Cmd": ["true"]})
    call("PluginSet", "rec-plugin", json_body=["DEBUG=1"], quiet=True)
    if version == recorder.newest:
        call("PluginEnable", "rec-plugin", timeout=1, quiet=True)
    call("PluginPull", remote="127.0.0.1:9/none", json_body=[], quiet=True)
    call("GetPluginPrivileges", remote="127.0.0.1:9/none", quiet=True)
    call("PluginPush", "rec-plugin", quiet=True)


def distribute(recorder: Recorder, registry: str) -> None:
    """Whatever needs a registry."""
    call, image, plugin = recorder.call, f"{registry}/rec", f"{registry}/rec-plugin:{recorder.version}"
    auth = {"X-Registry-Auth": "e30="}
    call("SystemAuth", json_body={"username": "a", "password": "b", "serveraddress": registry})
    call("ImageTag", "rec:1", repo=image, tag="1")
    call("ImagePush", image, tag="1", headers=auth)
    call("ImagePush", image, tag="1", headers=auth)
    call("DistributionInspect", f"{image}:1")
    call("ImageCreate", fromImage=image, tag="1")
    call("ImageDelete", f"{image}:1")
    call("ImageCreate", fromImage=image, tag="1")
    call("ImageDelete", f"{image}:1")
    if recorder.version < Version(1, 25):
        return
    call("PluginCreate", name=plugin, body=plugin_context(plugin))
    call("PluginPush", plugin, headers=auth)
    call("PluginDelete", plugin)
    privileges = call("GetPluginPrivileges", remote=plugin, quiet=True)  # 20.10 asks for TLS
    if isinstance(privileges, list):
        call("PluginPull", remote=plugin, json_body=privileges)
        call("PluginUpgrade", plugin, remote=plugin, json_body=privileges, quiet=True)
        call("PluginDelete", plugin)


def swarm(recorder: Recorder, versions: list[Version], since: float) -> None:
    """Whatever needs a swarm."""
    call = recorder.call
    recorder.version = versions[-1]
    init = {
        "ListenAddr": "127.0.0.1:2377",
        "AdvertiseAddr": "127.0.0.1:2377",
        "Spec": {"EncryptionConfig": {"AutoLockManagers": True}, "Labels": {"a": "b"}},
    }
    call("SwarmInit", json_body=init)
    call("NetworkCreate", json_body={"Name": "rec-overlay", "Driver": "overlay", "Attachable": True})
    secret = call("SecretCreate", json_body={"Name": "rec-secret", "Data": "aGVsbG8=", "Labels": {"a": "b"}})
    config = call(
        "ConfigCreate", json_body={"Name": "rec-config", "Data": "aGVsbG8=", "Templating": {"Name": "golang"}}
    )
    container = {
        **SERVICE["TaskTemplate"]["ContainerSpec"],
        "Secrets": [
            {
                "SecretID": secret["ID"],
                "SecretName": "rec-secret",
                "File": {"Name": "s", "UID": "0", "GID": "0", "Mode": 292},
            }
        ],
        "Configs": [
            {
                "ConfigID": config["ID"],
                "ConfigName": "rec-config",
                "File": {"Name": "c", "UID": "0", "GID": "0", "Mode": 292},
            }
        ],
    }
    call(
        "ServiceCreate", json_body={**SERVICE, "TaskTemplate": {**SERVICE["TaskTemplate"], "ContainerSpec": container}}
    )
    plain = {"ContainerSpec": {"Image": "busybox", "Command": ["true"]}, "RestartPolicy": {"Condition": "none"}}
    call("ServiceCreate", json_body={"Name": "rec-global", "TaskTemplate": plain, "Mode": {"Global": {}}})
    job = {"ContainerSpec": {"Image": "busybox", "Command": ["true"]}, "RestartPolicy": {"Condition": "none"}}
    call(
        "ServiceCreate",
        json_body={
            "Name": "rec-job",
            "TaskTemplate": job,
            "Mode": {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}},
        },
        quiet=True,
    )
    call(
        "ServiceCreate",
        json_body={"Name": "rec-gone", "TaskTemplate": {"ContainerSpec": {"Image": "no.such.registry.test/none"}}},
    )
    time.sleep(10)
    for version in versions:
        recorder.version = version
        call("SwarmInspect")
        call("SwarmUnlockkey")
        call("SystemInfo")
        call("SystemDataUsage")
        call("SystemEvents", since=int(since), until=int(time.time()) + 1)
        for list_of, one in (("Node", "ID"), ("Service", "ID"), ("Task", "ID"), ("Secret", "ID"), ("Config", "ID")):
            for item in call(f"{list_of}List") or ():
                call(f"{list_of}Inspect", item[one])
        call("ServiceList", status=1)
        call("ServiceInspect", "rec-service", insertDefaults=1)
        call("NetworkList")
        for network in recorder.get("/networks"):
            call("NetworkInspect", network["Id"])
            call("NetworkInspect", network["Id"], verbose=1, quiet=True)
        name = f"rec-{str(version).replace('.', '-')}"
        made = call(
            "ServiceCreate", json_body={"Name": name, "TaskTemplate": plain, "Mode": {"Replicated": {"Replicas": 0}}}
        )
        service = recorder.get(f"/services/{made['ID']}")
        call(
            "ServiceUpdate",
            made["ID"],
            version=service["Version"]["Index"],
            json_body={**service["Spec"], "Labels": {"new": "label"}},
        )
        service = recorder.get(f"/services/{made['ID']}")
        call("ServiceInspect", made["ID"])
        call("ServiceDelete", made["ID"])
        call("SecretCreate", json_body={"Name": name, "Data": "aGVsbG8="})
        call("SecretDelete", name)
        call("ConfigCreate", json_body={"Name": name, "Data": "aGVsbG8="})
        call("ConfigDelete", name)
        for container in recorder.get('/containers/json?filters={"label":["com.docker.swarm.task"]}')[:1]:
            call("ContainerInspect", container["Id"])
        call("ContainerList", all=1)
    recorder.version = versions[-1]
    call("SwarmLeave", force=1)


def record(address: str, name: str, registry: str, phases: list[Callable[..., None]]) -> None:
    """Record an engine."""
    recorder = Recorder(address.removeprefix("unix://"))
    since = time.time()
    versions = [version for version in VERSIONS if recorder.oldest <= version <= recorder.newest]
    made = set_up(recorder)
    for version in versions:
        recorder.version = version
        if look in phases:
            look(recorder, made, since)
        if change in phases:
            change(recorder)
        if registry:
            distribute(recorder, registry)
    if swarm in phases:
        swarm(recorder, versions, since)
    DATA.mkdir(exist_ok=True)
    path = DATA / f"{name}.jsonl"
    path.write_text("\n".join(recorder.lines()) + "\n", "utf-8")
    print(f"{path}: {len(recorder.kept)} answers of {len(recorder.called)} operations, {path.stat().st_size} bytes")


if __name__ == "__main__":
    phases: list[Callable[..., None]] = [look, change] if sys.argv[2].startswith("podman") else [look, change, swarm]
    record(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "", phases)
