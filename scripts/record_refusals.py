"""Records what an engine answers to the requests of tests/data/refusals.txt, nearly all of which it refuses.

    python scripts/record_refusals.py /var/run/docker.sock docker-28.5

writes tests/data/refusals/NAME.json: the request, the status, and the message, or the warnings of what was made all
the same. `NAME` stands for a name of the recording's own; the container `NAME-run` runs, `NAME-made` was never started,
and the network `NAME-net` has the subnet 10.213.7.0/24.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

import httpx

DATA = Path(__file__).parents[1] / "tests" / "data"
VERSION = "1.51"


def requests() -> list[str]:
    """The requests, in their order."""
    lines = (DATA / "refusals.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def answers(client: httpx.Client, lines: list[str]) -> list[dict[str, Any]]:
    """What an engine answers to each; what is made for that is removed again."""
    name = f"refuse-{uuid.uuid4().hex[:8]}"
    long = {"Image": "busybox", "Cmd": ["sleep", "600"]}
    try:
        client.post("/networks/create", json={"Name": f"{name}-net", "IPAM": {"Config": [{"Subnet": "10.213.7.0/24"}]}})
        client.post(f"/containers/create?name={name}-made", json=long)
        client.post(f"/containers/create?name={name}-run", json=long)
        client.post(f"/containers/{name}-run/start")
        return [_answer(client, line, name) for line in lines]
    finally:
        _remove(client, name)


def _answer(client: httpx.Client, line: str, name: str) -> dict[str, Any]:
    verb, path, *body = line.replace("NAME", name).split(" ", 2)
    content = body[0] if body else None
    url = path if re.match(r"/v\d", path) else f"/v{VERSION}{path}"
    headers = {"Content-Type": "application/json"} if content else {}
    answer = client.request(verb, f"http://docker{url}", content=content, headers=headers)
    documents = answer.text.splitlines() if "json" in answer.headers.get("content-type", "") else []
    last = json.loads(documents[-1]) if documents else {}
    said = (last.get("message") or last.get("Warnings") or last.get("error")) if isinstance(last, dict) else None
    found: dict[str, Any] = {"request": line, "status": answer.status_code}
    return {**found, "said": _plain(said, name)} if said else found


def _plain(said: Any, name: str) -> Any:
    if isinstance(said, list):
        return [_plain(one, name) for one in said]
    return re.sub(r"\b[0-9a-f]{12}(?:[0-9a-f]{52})?\b", "ID", str(said).replace(name, "NAME"))


def _remove(client: httpx.Client, name: str) -> None:
    mine = json.dumps({"name": [name]})
    for one in client.get("/containers/json", params={"all": "1", "filters": mine}).json():
        client.delete(f"/containers/{one['Id']}?force=1&v=1")
    for one in client.get("/networks", params={"filters": mine}).json():
        client.delete(f"/networks/{one['Id']}")
    for one in client.get("/volumes", params={"filters": mine}).json()["Volumes"] or []:
        client.delete(f"/volumes/{one['Name']}?force=1")


def connect(path: str) -> httpx.Client:
    """A client of the engine on a socket."""
    return httpx.Client(transport=httpx.HTTPTransport(uds=path), base_url=f"http://docker/v{VERSION}", timeout=60)


def main(path: str, name: str) -> int:
    """Record all of them."""
    with connect(path) as client:
        found = answers(client, requests())
    (DATA / "refusals" / f"{name}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
