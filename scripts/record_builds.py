r"""Records what the classic builder of a real engine answers to the builds of tests/data/builds.txt.

    python scripts/record_builds.py unix:///var/run/docker.sock [NAME ...]

writes tests/data/builds.json: for each build its query, its files, the status, the messages, and of a built image what
tells how it was made. All of it is removed from the engine again. With names, only those are recorded anew.

In builds.txt `=== NAME` begins a case, `+++` a further build of it; `? NAME=VALUE` is a parameter, `--- PATH` a file
whose lines follow (`\r` at the end of one is a carriage return), `--- PATH/` a folder, `--- PATH -> TARGET` a link, and
`--- PATH (tar)` an archive of files whose lines `PATH: CONTENT` follow. A build without files has those of the one
before. `{tag}` is a name of its own.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import httpx

DATA = Path(__file__).parents[1] / "tests" / "data"
TAG = "engine-api-record:built"
BASE: set[str] = set()
"""How the image was made on which all are built."""
CONFIG = (
    "Cmd",
    "Entrypoint",
    "Env",
    "ExposedPorts",
    "Healthcheck",
    "Labels",
    "OnBuild",
    "Shell",
    "StopSignal",
    "User",
    "Volumes",
    "WorkingDir",
)
"""The parts of a configuration that are kept, where they are set."""


def cases() -> list[dict[str, Any]]:
    """The cases as they are written."""
    found: list[dict[str, Any]] = []
    build: dict[str, Any] = {}
    file: list[str] | None = None
    for line in (DATA / "builds.txt").read_text("utf-8").splitlines():
        if line.startswith("=== "):
            build, file = {"query": [], "files": []}, None
            found.append({"name": line[4:], "builds": [build]})
        elif line == "+++":
            build, file = {"query": [], "files": []}, None
            found[-1]["builds"].append(build)
        elif line.startswith("? "):
            build["query"].append(line[2:].split("=", 1))
        elif line.startswith("--- "):
            file = []
            build["files"].append([line[4:], file])
        elif file is not None:
            file.append(f"{line[:-2]}\r" if line.endswith("\\r") else line)
    for case in found:
        files: list[Any] = []
        for one in case["builds"]:
            files = one["files"] = [[name, "".join(f"{x}\n" for x in lines)] for name, lines in one["files"]] or files
    return found


def context_of(files: list[list[str]]) -> bytes:
    """The archive of a build's files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for head, content in files:
            info = tarfile.TarInfo(head)
            info.mtime = 1_600_000_000
            data = b""
            if " -> " in head:
                info.name, _, info.linkname = head.partition(" -> ")
                info.type = tarfile.SYMTYPE
            elif head.endswith("/"):
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            elif head.endswith(" (tar)"):
                info.name = head.removesuffix(" (tar)")
                data = context_of([line.split(": ", 1) for line in content.splitlines()])
            else:
                data = content.encode()
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def summary(image: dict[str, Any], history: list[dict[str, Any]]) -> dict[str, Any]:
    """What of a built image tells how it was made."""
    config = {key: image["Config"].get(key) for key in CONFIG if image["Config"].get(key)}
    return {
        "Config": config,
        "Author": image.get("Author", ""),
        "Layers": len(image["RootFS"]["Layers"]),
        "History": [entry["CreatedBy"] for entry in history if entry["CreatedBy"] not in BASE]
        if isinstance(history, list)
        else None,
    }


def build(client: httpx.Client, one: dict[str, Any]) -> dict[str, Any]:
    """The answer to a build."""
    query = [(key, value.replace("{tag}", TAG)) for key, value in one["query"]]
    answer = client.post("/build", params=query, content=context_of(one["files"]))
    found: dict[str, Any] = {"status": answer.status_code}
    if answer.status_code != 200:
        return {**found, "message": answer.json()["message"]}
    messages = [json.loads(line) for line in answer.text.splitlines() if line]
    found["messages"] = messages
    made = [message["aux"]["ID"] for message in messages if "aux" in message and "ID" in message["aux"]]
    if made and not any("error" in message for message in messages):
        image = client.get(f"/images/{made[-1]}/json").json()
        found["image"] = summary(image, client.get(f"/images/{made[-1]}/history").json())
    return found


def main(host: str, names: list[str]) -> int:
    """Record all of them, or those of some names."""
    transport = httpx.HTTPTransport(uds=host.removeprefix("unix://"))
    path = DATA / "builds.json"
    known = {case["name"]: case for case in json.loads(path.read_text("utf-8"))} if path.exists() else {}
    recorded = []
    with httpx.Client(transport=transport, base_url="http://docker/v1.44", timeout=120) as client:
        BASE.update(entry["CreatedBy"] for entry in client.get("/images/busybox/history").json())
        before = {image["Id"] for image in client.get("/images/json", params={"all": 1}).json()}
        containers = {container["Id"] for container in client.get("/containers/json", params={"all": 1}).json()}
        for case in cases():
            if names and case["name"] not in names and case["name"] in known:
                recorded.append(known[case["name"]])
                continue
            for one in case["builds"]:
                one.update(build(client, one))
            recorded.append(case)
            seen = [line for one in case["builds"] for m in one.get("messages", ()) for line in [m.get("stream", "")]]
            for line in seen:
                if line.startswith(" ---> Running in "):
                    found = line.split()[-1]
                    if not any(known_id.startswith(found) for known_id in containers):
                        client.delete(f"/containers/{found}", params={"force": 1})
            client.delete(f"/images/{TAG}", params={"force": 1})
            for line in reversed(seen):
                found = line.split()[-1] if line.startswith(" ---> ") and line.split()[1:] else ""
                if len(found) == 12 and not any(known_id[7:].startswith(found) for known_id in before):
                    client.delete(f"/images/{found}", params={"force": 1})
            print(case["name"], [one["status"] for one in case["builds"]])
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in recorded)
    path.write_text(f"[\n{lines}\n]\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
