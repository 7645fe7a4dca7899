"""The unmodified docker command does what it does on a real engine (each test was run on docker 28.5 too)."""

import io
import json
import os
import re
import tarfile
import time
from collections.abc import Callable, Iterator

import pytest

from tests.clients.conftest import Docker
from tests.clients.terminal import Terminal

HEX = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def docker(docker_cli: Docker, name: str) -> Iterator[Docker]:
    yield docker_cli
    docker_cli.run("rm", "-fv", name)


def eventually(condition: Callable[[], bool], timeout: float = 10) -> None:
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_version_shows_the_server(docker: Docker) -> None:
    assert re.fullmatch(r"1\.\d+", docker("version", "--format", "{{.Server.APIVersion}}").strip())
    assert "Server" in docker("version")


def test_info_shows_the_engine(docker: Docker) -> None:
    assert docker("info", "--format", "{{.OSType}}").strip() == "linux"
    assert int(docker("info", "--format", "{{.Images}}")) >= 1
    assert "Server Version" in docker("info")


def test_images_lists_busybox(docker: Docker) -> None:
    assert "busybox:latest" in docker("images", "--format", "{{.Repository}}:{{.Tag}}").split()


def test_run_echo(docker: Docker) -> None:
    assert docker("run", "--rm", "busybox", "echo", "hello") == "hello\n"


def test_run_keeps_the_streams_apart(docker: Docker) -> None:
    done = docker.run("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2")
    assert (done.stdout, done.stderr, done.returncode) == (b"out\n", b"err\n", 0)


def test_run_carries_the_exit_code(docker: Docker) -> None:
    assert docker.run("run", "--rm", "busybox", "sh", "-c", "exit 7").returncode == 7


def test_run_of_an_unknown_command_is_127(docker: Docker, name: str) -> None:
    done = docker.run("run", "--rm", "--name", name, "busybox", "nosuch")
    assert done.returncode == 127
    assert b'exec: "nosuch": executable file not found in $PATH' in done.stderr


def test_run_of_a_directory_is_126(docker: Docker, name: str) -> None:
    done = docker.run("run", "--rm", "--name", name, "busybox", "/etc")
    assert done.returncode == 126
    assert b"permission denied" in done.stderr or b"is a directory" in done.stderr


def test_run_reads_standard_input_to_its_end(docker: Docker) -> None:
    assert docker("run", "-i", "--rm", "busybox", "cat", input=b"hi\n") == "hi\n"


def test_run_carries_much_data_both_ways(docker: Docker) -> None:
    data = b"".join(b"%07d\n" % n for n in range(200_000))
    done = docker.run("run", "-i", "--rm", "busybox", "cat", input=data)
    assert done.stdout == data


def test_run_takes_environment_user_directory_and_hostname(docker: Docker) -> None:
    script = 'echo "$A $PWD $(hostname) $(id -u)"'
    out = docker("run", "--rm", "-e", "A=b", "-w", "/tmp", "-h", "box", "-u", "1000", "busybox", "sh", "-c", script)
    assert out == "b /tmp box 1000\n"


def test_run_on_a_terminal_with_resize(docker: Docker, name: str) -> None:
    arguments = [docker.program, "run", "-it", "--rm", "--name", name, "busybox", "sh"]
    with Terminal(arguments, docker.environment, 30, 100) as terminal:
        terminal.expect(b"/ # ")
        terminal.press(b"stty size\r")
        terminal.expect(b"stty size\r\n")
        terminal.expect(b"30 100\r\n")
        time.sleep(0.5)  # the command listens for new sizes only a while after the start
        terminal.resize(40, 120)
        time.sleep(0.5)
        terminal.press(b"stty size\r")
        terminal.expect(b"40 120\r\n")
        terminal.press(b"exit 5\r")
        assert terminal.wait() == 5


def test_interrupt_on_a_terminal_reaches_the_foreground(docker: Docker, name: str) -> None:
    arguments = [docker.program, "run", "-it", "--rm", "--name", name, "busybox", "sh"]
    with Terminal(arguments, docker.environment) as terminal:
        terminal.expect(b"/ # ")
        terminal.press(b"sleep 300\r")
        time.sleep(0.5)
        terminal.press(b"\x03")
        terminal.expect(b"/ # ")
        terminal.press(b"echo $?\r")
        terminal.expect(b"130\r\n")
        terminal.press(b"\x04")
        terminal.wait()


def test_detach_keys_leave_the_container_running(docker: Docker, name: str) -> None:
    arguments = [docker.program, "run", "-it", "--name", name, "busybox", "sh"]
    with Terminal(arguments, docker.environment) as terminal:
        terminal.expect(b"/ # ")
        terminal.press(b"\x10\x11")
        assert terminal.wait() == 0
    assert docker("inspect", "-f", "{{.State.Status}}", name).strip() == "running"
    with Terminal([docker.program, "attach", "--detach-keys", "ctrl-x", name], docker.environment) as terminal:
        terminal.press(b"echo again\r")
        terminal.expect(b"again\r\n")
        terminal.press(b"\x18")
        terminal.wait()
    assert docker("inspect", "-f", "{{.State.Status}}", name).strip() == "running"


def test_run_detached_and_inspect(docker: Docker, name: str) -> None:
    identifier = docker("run", "-d", "--name", name, "--label", "a=b", "busybox", "sleep", "300").strip()
    assert HEX.fullmatch(identifier)
    document = json.loads(docker("inspect", name))[0]
    assert document["Id"] == identifier
    assert document["Name"] == f"/{name}"
    assert document["State"]["Status"] == "running"
    assert document["State"]["Pid"] > 0
    assert document["Config"]["Cmd"] == ["sleep", "300"]
    assert document["Config"]["Labels"] == {"a": "b"}
    assert document["Path"] == "sleep"
    assert docker("inspect", "-f", "{{.Id}}", identifier[:12]).strip() == identifier


def test_ps_with_filters_and_formats(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "--label", f"key={name}", "busybox", "sleep", "300")
    ps = docker("ps", "--filter", f"label=key={name}", "--format", "{{.Names}} {{.Image}} {{.Command}} {{.State}}")
    assert ps == f'{name} busybox "sleep 300" running\n'
    assert docker("ps", "-q", "--filter", f"name={name}", "--filter", "status=exited") == ""
    assert name in docker("ps", "-a", "--filter", "ancestor=busybox", "--format", "{{.Names}}").split()
    line = docker("ps", "--filter", f"name={name}", "--format", "{{json .}}")
    assert json.loads(line)["Status"].startswith("Up ")
    assert "CONTAINER ID" in docker("ps")
    done = docker.run("ps", "--filter", "nonsense=1")
    assert done.returncode == 1
    assert b"invalid filter 'nonsense'" in done.stderr


def test_logs_follow_to_the_end(docker: Docker, name: str) -> None:
    script = "for i in 1 2 3; do echo line $i; sleep 0.3; done"
    docker("run", "-d", "--name", name, "busybox", "sh", "-c", script)
    assert docker("logs", "-f", name) == "line 1\nline 2\nline 3\n"
    assert docker("logs", "--tail", "1", name) == "line 3\n"
    stamped = docker("logs", "-t", "--tail", "1", name)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z line 3\n", stamped)
    assert docker("logs", "--since", stamped.split()[0], name) == "line 3\n"
    assert docker("logs", "--until", stamped.split()[0], name).startswith("line 1\nline 2\n")


def test_exec_carries_exit_codes_and_streams(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sleep", "300")
    done = docker.run("exec", name, "sh", "-c", "echo out; echo err >&2; exit 3")
    assert (done.stdout, done.stderr, done.returncode) == (b"out\n", b"err\n", 3)
    assert docker("exec", "-i", name, "cat", input=b"through\n") == "through\n"
    assert docker("exec", "-e", "A=b", "-w", "/tmp", name, "sh", "-c", "echo $A $PWD") == "b /tmp\n"
    assert docker.run("exec", name, "nosuch").returncode == 127
    docker("exec", "-d", name, "touch", "/made")
    eventually(lambda: docker.run("exec", name, "test", "-e", "/made").returncode == 0)


def test_exec_on_a_terminal(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sleep", "300")
    with Terminal([docker.program, "exec", "-it", name, "sh"], docker.environment, 33, 99) as terminal:
        terminal.expect(b"/ # ")
        terminal.press(b"stty size\r")
        terminal.expect(b"33 99\r\n")
        terminal.press(b"exit 4\r")
        assert terminal.wait() == 4


def test_exec_in_a_stopped_container_is_refused(docker: Docker, name: str) -> None:
    docker("create", "--name", name, "busybox")
    done = docker.run("exec", name, "true")
    assert done.returncode == 1
    assert b"is not running" in done.stderr


def test_attach_reads_and_writes(docker: Docker, name: str) -> None:
    docker("run", "-di", "--name", name, "busybox", "sh", "-c", "read x; echo got $x; exit 6")
    with docker.start("attach", name) as attached:
        assert attached.stdin is not None
        assert attached.stdout is not None
        attached.stdin.write(b"this\n")
        attached.stdin.flush()
        assert attached.stdout.readline() == b"got this\n"
        assert attached.wait(20) == 6


def test_wait_gives_the_exit_code(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sh", "-c", "sleep 0.3; exit 9")
    assert docker("wait", name) == "9\n"


def test_stop_kills_what_does_not_listen(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sleep", "300")
    started = time.monotonic()
    docker("stop", "-t", "1", name)
    assert time.monotonic() - started < 9  # without `-t` it is 10
    assert docker("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", name) == "exited 137\n"


def test_stop_lets_a_process_end(docker: Docker, name: str) -> None:
    script = 'trap "echo bye; exit 2" TERM; echo ready; while :; do sleep 0.1; done'
    docker("run", "-d", "--name", name, "busybox", "sh", "-c", script)
    eventually(lambda: docker("logs", name) == "ready\n")
    docker("stop", name)
    assert docker("inspect", "-f", "{{.State.ExitCode}}", name) == "2\n"
    assert docker("logs", name) == "ready\nbye\n"


def test_kill_sends_a_signal(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sleep", "300")
    docker("kill", name)
    assert docker("inspect", "-f", "{{.State.ExitCode}}", name) == "137\n"
    done = docker.run("kill", name)
    assert done.returncode == 1
    assert b"is not running" in done.stderr
    done = docker.run("kill", "-s", "NOSUCH", name)
    assert b"nvalid signal: NOSUCH" in done.stderr


def test_start_again_and_attach(docker: Docker, name: str) -> None:
    docker("create", "--name", name, "busybox", "echo", "once more")
    assert docker("start", "-a", name) == "once more\n"
    assert docker("start", "-a", name) == "once more\n"
    assert docker("logs", name) == "once more\nonce more\n"


def test_remove_refuses_what_runs(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "busybox", "sleep", "300")
    done = docker.run("rm", name)
    assert done.returncode == 1
    assert b"stop the container before removing or force remove" in done.stderr.lower()
    docker("rm", "-f", name)
    done = docker.run("inspect", name)
    assert done.returncode == 1
    assert b"no such object" in done.stderr.lower()


def test_a_name_in_use_is_refused(docker: Docker, name: str) -> None:
    docker("create", "--name", name, "busybox")
    done = docker.run("run", "--name", name, "busybox", "true")
    assert done.returncode == 125
    assert f'The container name "/{name}" is already in use by container'.encode() in done.stderr


def test_restart_policy(docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, "--restart", "on-failure:2", "busybox", "false")
    eventually(lambda: docker("inspect", "-f", "{{.State.Status}} {{.RestartCount}}", name) == "exited 2\n", 15)


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, text in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def test_import_inspect_and_remove_an_image(docker: Docker, name: str) -> None:
    identifier = docker(
        "import", "-c", 'CMD ["cat"]', "-c", "ENV A=b", "-", f"{name}:made", input=archive(motd="hi\n")
    ).strip()
    try:
        assert re.fullmatch("sha256:[0-9a-f]{64}", identifier)
        document = json.loads(docker("image", "inspect", f"{name}:made"))[0]
        assert document["Id"] == identifier
        assert document["RepoTags"] == [f"{name}:made"]
        assert document["Config"]["Cmd"] == ["cat"]
        assert document["Config"]["Env"] == ["A=b"]
    finally:
        out = docker("rmi", f"{name}:made")
    assert out.startswith(f"Untagged: {name}:made\nDeleted: {identifier}\n")
    assert docker.run("image", "inspect", f"{name}:made").returncode == 1


def test_an_image_in_use_is_kept(docker: Docker, name: str) -> None:
    docker("import", "-", f"{name}:used", input=archive(motd="hi\n"))
    docker("create", "--name", name, f"{name}:used", "none")
    done = docker.run("rmi", f"{name}:used")
    assert done.returncode == 1
    assert b"is using its referenced image" in done.stderr
    docker("rm", name)
    docker("rmi", f"{name}:used")


def test_pull_and_run(docker: Docker, docker_host: str, name: str) -> None:
    if "TEST_DOCKER_HOST" in os.environ:
        pytest.skip("the engine under test may have no registry")
    out = docker("pull", "redis:7-alpine")
    assert "Pulling from library/redis" in out
    assert "Pull complete" in out
    assert "Status: Downloaded newer image for redis:7-alpine" in out
    assert "Status: Image is up to date for redis:7-alpine" in docker("pull", "redis:7-alpine")
    assert docker("run", "--rm", "--name", name, "alpine:3.20", "sh", "-c", "echo pulled") == "pulled\n"
    docker("rmi", "redis:7-alpine", "alpine:3.20")


@pytest.fixture
def network(docker: Docker, name: str) -> Iterator[str]:
    """The name of a network, which is made by the test and removed after it."""
    yield f"{name}-net"
    for one in docker("ps", "-aq", "--filter", f"name={name}").split():
        docker.run("rm", "-fv", one)
    docker.run("network", "rm", f"{name}-net")


def test_network_create_list_inspect_remove(docker: Docker, network: str) -> None:
    identifier = docker("network", "create", "--label", "tier=web", "--subnet", "10.124.1.0/24", network).strip()
    assert HEX.fullmatch(identifier)
    shown = docker("network", "ls", "--filter", f"name={network}", "--format", "{{.Name}} {{.Driver}} {{.Scope}}")
    assert shown == f"{network} bridge local\n"
    assert docker("network", "ls", "-q", "--no-trunc", "--filter", f"name={network}").strip() == identifier
    inspected = json.loads(docker("network", "inspect", network))[0]
    assert [one["Subnet"] for one in inspected["IPAM"]["Config"]] == ["10.124.1.0/24"]
    assert inspected["Labels"] == {"tier": "web"}
    done = docker.run("network", "create", "--subnet", "10.124.1.0/25", f"{network}-2")
    assert b"Pool overlaps with other one on this address space" in done.stderr
    assert docker("network", "rm", network) == f"{network}\n"
    done = docker.run("network", "inspect", network)
    assert done.returncode == 1
    assert f"network {network} not found".encode() in done.stderr


def test_network_connect_and_disconnect(docker: Docker, name: str, network: str) -> None:
    docker("network", "create", network)
    docker("run", "-d", "--name", name, "busybox", "sleep", "300")
    docker("network", "connect", "--alias", "www", network, name)
    form = f'{{{{json (index .NetworkSettings.Networks "{network}").Aliases}}}}'
    assert "www" in json.loads(docker("inspect", "--format", form, name))
    done = docker.run("network", "rm", network)
    assert done.returncode == 1
    assert b"has active endpoints" in done.stderr
    docker("network", "disconnect", network, name)
    assert docker("inspect", "--format", "{{len .NetworkSettings.Networks}}", name) == "1\n"
    docker("network", "rm", network)


def test_containers_find_each_other_by_alias(docker: Docker, name: str, network: str) -> None:
    docker("network", "create", network)
    docker(
        *("run", "-d", "--name", name, "--network", network, "--network-alias", "web", "busybox"),
        *("sh", "-c", "mkdir /www; echo hello from web > /www/index.html; httpd -f -h /www"),
    )

    def answers() -> bool:
        asked = docker.run("run", "--rm", "--network", network, "busybox", "wget", "-q", "-O", "-", "http://web/")
        return asked.stdout == b"hello from web\n"

    eventually(answers)
    done = docker.run("run", "--rm", "busybox", "wget", "-q", "-O", "-", "http://web/")
    assert (done.returncode, done.stderr) == (1, b"wget: bad address 'web'\n")


def test_published_ports(docker: Docker, name: str, network: str) -> None:
    docker("run", "-d", "--name", name, "-p", "127.0.0.1:18080:80", "-p", "53/udp", "busybox", "sleep", "300")
    shown = docker("port", name).splitlines()
    assert "80/tcp -> 127.0.0.1:18080" in shown
    assert any(re.fullmatch(r"53/udp -> 0\.0\.0\.0:\d+", line) for line in shown)
    assert docker("port", name, "80") == "127.0.0.1:18080\n"
    assert "127.0.0.1:18080->80/tcp" in docker("ps", "--filter", f"name={name}", "--format", "{{.Ports}}")
    done = docker.run("run", "-d", "--name", f"{name}-2", "-p", "127.0.0.1:18080:80", "busybox", "sleep", "300")
    assert done.returncode == 125
    assert b"Bind for 127.0.0.1:18080 failed: port is already allocated" in done.stderr


def test_network_prune(docker: Docker, name: str, network: str) -> None:
    docker("network", "create", "--label", name, network)
    assert docker("network", "prune", "-f", "--filter", f"label={name}") == f"Deleted Networks:\n{network}\n\n"
    assert docker("network", "ls", "-q", "--filter", f"name={network}") == ""


def test_modes_of_the_network(docker: Docker, name: str, network: str) -> None:
    assert "eth0" not in docker("run", "--rm", "--network", "none", "busybox", "ip", "addr")
    docker("run", "-d", "--name", name, "busybox", "nc", "-l", "-p", "8000", "-e", "/bin/hostname")

    def answers() -> bool:
        asked = docker.run("run", "--rm", "--network", f"container:{name}", "busybox", "nc", "localhost", "8000")
        return HEX.fullmatch(asked.stdout.decode().strip().ljust(64, "0")) is not None

    eventually(answers)


# Volumes, events and disk usage


def test_a_volume_from_its_creation_to_its_removal(docker: Docker, name: str) -> None:
    assert docker("volume", "create", "--label", "a=b", name) == f"{name}\n"
    try:
        assert docker("volume", "ls", "--quiet", "--filter", f"name={name}") == f"{name}\n"
        assert docker("volume", "inspect", "--format", "{{.Driver}} {{json .Labels}}", name) == 'local {"a":"b"}\n'
        docker("run", "--rm", "-v", f"{name}:/data", "busybox", "sh", "-c", "echo hello > /data/greeting")
        mount = f"type=volume,source={name},target=/in,readonly"
        assert docker("run", "--rm", "--mount", mount, "busybox", "cat", "/in/greeting") == "hello\n"
        docker("create", "--name", name, "-v", f"{name}:/data", "busybox")
        refused = docker.run("volume", "rm", name)
        assert refused.returncode == 1
        assert f"remove {name}: volume is in use - [" in refused.stderr.decode()
        docker("rm", name)
        assert docker("volume", "rm", name) == f"{name}\n"
        assert f"get {name}: no such volume" in docker.run("volume", "inspect", name).stderr.decode()
    finally:
        docker.run("volume", "rm", "--force", name)


def test_prune_takes_what_nobody_uses(docker: Docker, name: str) -> None:
    docker("volume", "create", "--label", f"batch={name}", name)
    try:
        kept = docker("volume", "prune", "--force", "--filter", f"label=batch={name}")
        assert name not in kept
        pruned = docker("volume", "prune", "--force", "--all", "--filter", f"label=batch={name}")
        assert pruned == f"Deleted Volumes:\n{name}\n\nTotal reclaimed space: 0B\n"
    finally:
        docker.run("volume", "rm", "--force", name)


def test_volumes_without_a_name_go_with_the_container(docker: Docker, name: str) -> None:
    docker("create", "--name", name, "-v", "/data", "busybox")
    volume = docker("inspect", "--format", "{{(index .Mounts 0).Name}}", name).strip()
    assert HEX.fullmatch(volume)
    docker("rm", "--volumes", name)
    assert docker("volume", "ls", "--quiet", "--filter", f"name={volume}") == ""


def test_memory_is_mounted(docker: Docker) -> None:
    command = ("busybox", "sh", "-c", "echo x > /t/x && cat /t/x")
    assert docker("run", "--rm", "--read-only", "--tmpfs", "/t", *command) == "x\n"
    assert docker("run", "--rm", "--read-only", "--mount", "type=tmpfs,target=/t", *command) == "x\n"


def test_events_are_told_as_they_happen(docker: Docker, name: str) -> None:
    format = "{{.Type}} {{.Action}} {{.Actor.Attributes.name}}"
    events = docker.start("events", "--filter", f"container={name}", "--format", format)
    try:
        time.sleep(1)
        docker("run", "--rm", "--name", name, "busybox", "true")
        assert events.stdout is not None
        told = [events.stdout.readline().decode().strip() for _ in range(5)]
        assert told == [f"container {action} {name}" for action in ("create", "attach", "start", "die", "destroy")]
    finally:
        events.kill()
        events.communicate()


def test_events_of_the_past_end(docker: Docker, name: str) -> None:
    docker("create", "--name", name, "busybox")
    time.sleep(1.1)
    told = docker(
        "events", "--since", "5m", "--until", "0s", "--filter", f"container={name}", "--format", "{{.Action}}"
    )
    assert told == "create\n"


def test_system_df(docker: Docker, name: str) -> None:
    docker("volume", "create", name)
    try:
        kinds = docker("system", "df", "--format", "{{.Type}}").splitlines()
        assert kinds == ["Images", "Containers", "Local Volumes", "Build Cache"]
        verbose = docker("system", "df", "--verbose")
        assert re.search(rf"^{name} +0 +0B$", verbose, re.MULTILINE)
    finally:
        docker.run("volume", "rm", name)
