"""Random sequences of operations on the reference engine and, where `ENGINE_API_TEST_HOST` names one, on a real engine
beside it: both must agree on each status, each message and the state that clients see.
"""

import json
import os
import re
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from engine_api.testing import RunningEngine, running_engine

REAL = os.environ.get("ENGINE_API_TEST_HOST", "")
VERSION = os.environ.get("ENGINE_API_TEST_VERSION", "1.51")
NAMES = ("a", "b")
COMMANDS = (
    ["sleep", "300"],
    ["true"],
    ["sh", "-c", "exit 3"],
    ["sh", "-c", "trap 'exit 5' TERM; while :; do sleep 0.05; done"],
)


class Side:
    """One engine, and what a run of ours may be called there."""

    def __init__(self, host: str) -> None:
        self.prefix = f"s{uuid.uuid4().hex[:8]}"
        self.http = httpx.Client(
            transport=httpx.HTTPTransport(uds=host.removeprefix("unix://")), base_url=f"http://x/v{VERSION}", timeout=60
        )

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and, of refusals, the message without what differs."""
        answer = self.http.request(method, path.replace("NAME", self.prefix), json=self._own(body))
        value = answer.json() if answer.content.startswith((b"{", b"[")) else None
        if answer.status_code < 400:
            return answer.status_code, value
        message = value["message"].replace(self.prefix, "NAME") if value else ""
        return answer.status_code, re.sub(r"\b([0-9a-f]{64}|[0-9a-f]{12})\b", "<id>", message)

    def _own(self, body: Any) -> Any:
        return json.loads(json.dumps(body).replace("NAME", self.prefix)) if body is not None else None

    def state(self) -> Any:
        """What clients see of the containers, images, networks and volumes of the run."""
        _, listed = self.ask("GET", '/containers/json?all=1&filters={"name":["NAME"]}')
        found = {}
        for one in listed:
            _, seen = self.ask("GET", f"/containers/{one['Id']}/json")
            state = seen["State"]
            found[seen["Name"].replace(self.prefix, "NAME")] = (
                one["State"],
                state["Status"],
                state["Running"],
                state["Paused"],
                state["ExitCode"],
                one["Image"],
                sorted(name.replace(self.prefix, "NAME") for name in seen["NetworkSettings"]["Networks"]),
                [(m["Type"], m["Destination"], m["RW"]) for m in seen["Mounts"]],
            )
        _, networks = self.ask("GET", '/networks?filters={"name":["NAME"]}')
        _, volumes = self.ask("GET", '/volumes?filters={"name":["NAME"]}')
        _, images = self.ask("GET", '/images/json?filters={"reference":["NAME-*"]}')
        return (
            found,
            sorted(name.replace(self.prefix, "NAME") for one in images for name in one["RepoTags"] or ()),
            sorted(one["Name"].replace(self.prefix, "NAME") for one in networks),
            sorted(one["Name"].replace(self.prefix, "NAME") for one in volumes["Volumes"] or ()),
        )

    def close(self) -> None:
        """Remove what the run made."""
        _, listed = self.ask("GET", '/containers/json?all=1&filters={"name":["NAME"]}')
        for one in listed:
            self.ask("DELETE", f"/containers/{one['Id']}?force=1&v=1")
        for name in NAMES:
            self.ask("DELETE", f"/networks/NAME-n{name}")
            self.ask("DELETE", f"/volumes/NAME-v{name}")
            for tag in ("", ":other"):
                self.ask("DELETE", f"/images/NAME-i{name}{tag}?force=1")
        self.http.close()


names = st.sampled_from(NAMES)


class Engines(RuleBasedStateMachine):
    """What is done to both."""

    hosts: tuple[str, ...] = ()

    @initialize()
    def begin(self) -> None:
        self.sides = [Side(host) for host in self.hosts]
        self.ended = 0

    def both(self, method: str, path: str, body: Any = None) -> int:
        answers = [side.ask(method, path, body) for side in self.sides]
        statuses = [status for status, _ in answers]
        assert len(set(statuses)) == 1, (method, path, body, answers)
        if statuses[0] >= 400:
            assert len({message for _, message in answers}) == 1, (method, path, body, answers)
        return statuses[0]

    @rule(
        name=names,
        command=st.sampled_from(COMMANDS),
        remove=st.booleans(),
        volume=names,
        network=names,
        plain=st.booleans(),
    )
    def create(self, name: str, command: list[str], remove: bool, volume: str, network: str, plain: bool) -> None:
        config: dict[str, Any] = {"Image": "busybox", "Cmd": command, "HostConfig": {"AutoRemove": remove}}
        if not plain:
            config["HostConfig"] |= {"Binds": [f"NAME-v{volume}:/data"], "NetworkMode": f"NAME-n{network}"}
        self.both("POST", f"/containers/create?name=NAME-{name}", config)

    @rule(name=names)
    def start(self, name: str) -> None:
        self.both("POST", f"/containers/NAME-{name}/start")

    @rule(name=names, seconds=st.sampled_from([0, 1]))
    def stop(self, name: str, seconds: int) -> None:
        self.both("POST", f"/containers/NAME-{name}/stop?t={seconds}")

    @rule(name=names)
    def restart(self, name: str) -> None:
        self.both("POST", f"/containers/NAME-{name}/restart?t=0")

    @rule(name=names, signal=st.sampled_from(["KILL", "TERM", "USR1", "NOSUCH"]))
    def kill(self, name: str, signal: str) -> None:
        self.both("POST", f"/containers/NAME-{name}/kill?signal={signal}")

    @rule(name=names)
    def pause(self, name: str) -> None:
        self.both("POST", f"/containers/NAME-{name}/pause")

    @rule(name=names)
    def unpause(self, name: str) -> None:
        self.both("POST", f"/containers/NAME-{name}/unpause")

    @rule(name=names, other=names)
    def rename(self, name: str, other: str) -> None:
        self.both("POST", f"/containers/NAME-{name}/rename?name=NAME-{other}")

    @rule(name=names, force=st.booleans())
    def remove(self, name: str, force: bool) -> None:
        self.both("DELETE", f"/containers/NAME-{name}?force={int(force)}")

    @rule(name=names)
    def execute(self, name: str) -> None:
        self.both("POST", f"/containers/NAME-{name}/exec", {"Cmd": ["true"]})

    @rule(name=names, path=st.sampled_from(["/etc/passwd", "/nothing", "/tmp"]))
    def path_stat(self, name: str, path: str) -> None:
        self.both("HEAD", f"/containers/NAME-{name}/archive?path={path}")

    @rule(name=names, path=st.sampled_from(["/", "/nothing", "/etc/passwd"]))
    def put_garbage(self, name: str, path: str) -> None:
        self.both("PUT", f"/containers/NAME-{name}/archive?path={path}")

    @rule(name=names, policy=st.sampled_from(["no", "on-failure", "always", "unless-stopped", "sometimes"]))
    def update(self, name: str, policy: str) -> None:
        self.both("POST", f"/containers/NAME-{name}/update", {"RestartPolicy": {"Name": policy}})

    @rule(name=names)
    def resize(self, name: str) -> None:
        self.both("POST", f"/containers/NAME-{name}/resize?h=20&w=80")

    @rule(name=names)
    def logs(self, name: str) -> None:
        self.both("GET", f"/containers/NAME-{name}/logs?stdout=1&tail=1")

    @rule(name=names)
    def changes(self, name: str) -> None:
        self.both("GET", f"/containers/NAME-{name}/changes")

    @rule(name=names, image=names)
    def commit(self, name: str, image: str) -> None:
        self.both("POST", f"/commit?container=NAME-{name}&repo=NAME-i{image}")

    @rule(image=names, other=names)
    def tag(self, image: str, other: str) -> None:
        self.both("POST", f"/images/NAME-i{image}/tag?repo=NAME-i{other}&tag=other")

    @rule(image=names, tag=st.sampled_from(["", ":other"]), force=st.booleans())
    def remove_image(self, image: str, tag: str, force: bool) -> None:
        self.both("DELETE", f"/images/NAME-i{image}{tag}?force={int(force)}")

    @rule(image=names)
    def history(self, image: str) -> None:
        self.both("GET", f"/images/NAME-i{image}/history")

    @rule(name=names, image=names)
    def create_of_commit(self, name: str, image: str) -> None:
        config = {"Image": f"NAME-i{image}", "Cmd": ["sleep", "300"]}
        self.both("POST", f"/containers/create?name=NAME-{name}", config)

    @rule(kind=st.sampled_from(["networks", "volumes", "containers"]), name=names)
    def inspect(self, kind: str, name: str) -> None:
        prefix = "" if kind == "containers" else kind[0]
        tail = "/json" if kind == "containers" else ""
        self.both("GET", f"/{kind}/NAME-{prefix}{name}{tail}")

    @rule(name=names)
    def top(self, name: str) -> None:
        self.both("GET", f"/containers/NAME-{name}/top")

    @rule(name=names)
    def network(self, name: str) -> None:
        self.both("POST", "/networks/create", {"Name": f"NAME-n{name}"})

    @rule(name=names)
    def remove_network(self, name: str) -> None:
        self.both("DELETE", f"/networks/NAME-n{name}")

    @rule(name=names, network=names)
    def connect(self, name: str, network: str) -> None:
        self.both("POST", f"/networks/NAME-n{network}/connect", {"Container": f"NAME-{name}"})

    @rule(name=names, network=names, force=st.booleans())
    def disconnect(self, name: str, network: str, force: bool) -> None:
        self.both("POST", f"/networks/NAME-n{network}/disconnect", {"Container": f"NAME-{name}", "Force": force})

    @rule(name=names)
    def volume(self, name: str) -> None:
        self.both("POST", "/volumes/create", {"Name": f"NAME-v{name}"})

    @rule(name=names, force=st.booleans())
    def remove_volume(self, name: str, force: bool) -> None:
        self.both("DELETE", f"/volumes/NAME-v{name}?force={int(force)}")

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "sides"):
            return
        for _ in range(60):  # processes end, and lists follow, a little later
            states = [side.state() for side in self.sides]
            settled = not any("Removing" in str(state) for state in states)
            if settled and all(state == states[0] for state in states):
                return
            time.sleep(0.1)
        assert states[0] == states[-1]

    def teardown(self) -> None:
        for side in getattr(self, "sides", ()):
            side.close()


@pytest.fixture(scope="module")
def reference() -> Iterator[RunningEngine]:
    with running_engine() as found:
        yield found


def test_a_random_sequence(reference: RunningEngine) -> None:
    class Run(Engines):
        hosts = (reference.host, REAL) if REAL else (reference.host,)

    run_state_machine_as_test(
        Run,
        settings=settings(
            max_examples=int(os.environ.get("ENGINE_API_TEST_SEQUENCES", "15")),
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate] if REAL else list(Phase),  # a real engine is too slow to shrink on
        ),
    )
