"""The command line: `engine-api serve`, `check`, `openapi`, `diff` and `completion`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from engine_api.api.versions import NEWEST, OLDEST, VERSIONS, Version

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from engine_api.api.engine import Engine
    from engine_api.server.faults import Fault

__all__ = ["main"]

_EXAMPLES = """\
examples:
  engine-api serve
  engine-api serve --host unix:///tmp/docker.sock --host tcp://127.0.0.1:2375
  engine-api check unix:///var/run/docker.sock
  engine-api check unix:///var/run/docker.sock --api-version 1.44 --only 'containers#*'
  engine-api diff 1.41 1.51
  engine-api openapi 1.44 > openapi.json
"""


class Failure(Exception):
    """The command cannot be done; the message is one line for people."""


class _Parser(argparse.ArgumentParser):
    """Complains in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def api_version(text: str) -> Version:
    """A version of the API, with or without `v`.

    Raises:
        argparse.ArgumentTypeError: it is none, or none that is described here.
    """
    try:
        found = Version.parse(text.removeprefix("v"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no API version; write it as 1.44") from None
    if found not in VERSIONS:
        raise argparse.ArgumentTypeError(f"v{found} is not described here; v{OLDEST} to v{NEWEST} are")
    return found


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = _Parser(
        prog="engine-api",
        description="The Docker Engine API as an executable specification: a server, a checker, documents, diffs.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"engine-api {version('docker-engine-api')}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    _serve_arguments(commands)
    _check_arguments(commands)
    _openapi_arguments(commands)
    _diff_arguments(commands)
    _completion_arguments(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code: 0 for success, 1 for a negative result, 2 for a failure."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except Failure as error:
        print(f"engine-api: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130


# serve


def _serve_arguments(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "serve",
        help="run the reference engine",
        description="Run the in-memory reference engine for docker, docker-py and other clients.",
        epilog="""\
examples:
  engine-api serve
  engine-api serve --host unix:///tmp/docker.sock --log-level debug
  engine-api serve --host tcp://127.0.0.1:0 --catalogue postgres:16 --catalogue redis:7
  engine-api serve --load compose.yaml --load more.json
  engine-api serve --fault 'ContainerStart,status=500,message=no space left,times=1' --fault 'ImageCreate,delay=2'
  engine-api serve --state ~/engine
  engine-api serve --host tcp://0.0.0.0:2376 --tls-cert server.pem --tls-key key.pem --tls-ca ca.pem

It prints `listening on ADDRESS` for each address when it is ready, and how to set DOCKER_HOST. It ends at Ctrl-C.
""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add(
        "--host",
        "-H",
        action="append",
        metavar="ADDRESS",
        help="unix:///PATH or tcp://ADDR:PORT, port 0 for a free one; may be repeated (default: a socket of yours)",
    )
    add("--tls-cert", type=Path, metavar="FILE", help="the server's certificate, for TLS on TCP addresses")
    add("--tls-key", type=Path, metavar="FILE", help="its key")
    add("--tls-ca", type=Path, metavar="FILE", help="the authority that clients' certificates must come from")
    add("--insecure", action="store_true", help="let anybody in on TCP addresses that other machines can reach")
    add("--allow-host", action="append", default=[], metavar="NAME", help="a further name that clients call it by")
    add("--api-version-min", type=api_version, default=OLDEST, metavar="V", help=f"default: {OLDEST}")
    add("--api-version-max", type=api_version, default=NEWEST, metavar="V", help=f"default: {NEWEST}")
    add(
        "--catalogue",
        action="append",
        metavar="IMAGE",
        help="know this image only, and others that are given so; without it, any image can be pulled",
    )
    add("--seed", type=int, metavar="N", help="make the same identifiers and names each time")
    add(
        "--load",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="begin with the images, networks, volumes and containers of a JSON document or a compose file; may be "
        "repeated",
    )
    add(
        "--control",
        action="store_true",
        help="let clients reset it, load into it and set faults, by /_control/...; for tests (default: refused)",
    )
    add(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="FAULT",
        help="let an operation fail on purpose: OPERATION,KEY=VALUE..., with status=, message=, delay= (seconds), cut= "
        "(bytes), times=; may be repeated",
    )
    add(
        "--open-ports",
        action="store_true",
        help="listen on 127.0.0.1 for the TCP ports that containers publish (default: they are pretended)",
    )
    add(
        "--state",
        type=Path,
        metavar="DIR",
        help="keep images, containers, networks and volumes in this directory, over stops and crashes (default: "
        "nothing is written)",
    )
    add("--log-level", choices=["debug", "info", "warning", "error"], default="warning", help="default: warning")
    add("--log-format", choices=["text", "json"], default="text", help="default: text")
    add(
        "--record",
        type=Path,
        metavar="FILE",
        help="add to this file what clients use, for `engine-api diff --uses`; names only, no values, no credentials",
    )
    add("--no-openapi", action="store_true", help="do not serve /openapi.json and /v1.NN/openapi.json")
    add("--site", type=Path, metavar="DIR", help="serve the built site of this folder, too, and run its examples")
    add("--site-port", type=int, default=0, metavar="PORT", help="of 127.0.0.1 (default: a free one)")
    command.set_defaults(run=_serve)


def _fault(text: str) -> Fault:
    from engine_api.server.faults import Fault

    try:
        return Fault.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _default_address() -> str:
    base = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(base) / "docker-engine-api" if base else Path(tempfile.gettempdir()) / f"engine-api-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder}: {error.strerror}") from None
    if folder.stat().st_uid != os.getuid():
        raise Failure(f"{folder} belongs to somebody else; give --host")
    return f"unix://{folder}/docker.sock"


def _set_up_log(level: str, form: str) -> None:
    from engine_api.server.requestlog import JsonFormatter

    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonFormatter() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(level=level.upper(), handlers=[handler])


def _open_record(path: Path) -> TextIO:
    try:
        return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None


def _serve(options: argparse.Namespace) -> int:
    from engine_api.api.errors import InvalidParameter
    from engine_api.engines.memory.engine import MemoryEngine
    from engine_api.engines.memory.state import Durable, StateError, StateStore
    from engine_api.server import app
    from engine_api.server.control import Control
    from engine_api.server.doors import Address, DoorError, TlsFiles
    from engine_api.server.faults import FaultInjector, Faults
    from engine_api.server.host import Host
    from engine_api.server.recorder import Recorder
    from engine_api.server.requestlog import RequestLog

    if options.api_version_min > options.api_version_max:
        raise Failure("--api-version-min is newer than --api-version-max")
    files = (options.tls_cert, options.tls_key, options.tls_ca)
    if any(files) and not all(files):
        raise Failure("TLS needs --tls-cert, --tls-key and --tls-ca together")
    tls = TlsFiles(*files) if all(files) else None
    if options.site is not None and not (options.site / "index.html").is_file():
        raise Failure(f"{options.site} has no index.html; build the site first, with `make docs`")
    _set_up_log(options.log_level, options.log_format)

    def ready(address: Address) -> None:
        print(f"listening on {address}", flush=True)

    record = _open_record(options.record) if options.record is not None else None

    async def serve(things: AsyncExitStack) -> None:
        memory = await things.enter_async_context(
            MemoryEngine(seed=options.seed, catalogue=options.catalogue, open_ports=options.open_ports)
        )
        engine: Engine = memory
        durable = None
        if options.state is not None:
            store = things.enter_context(StateStore(options.state.expanduser()))
            durable = await things.enter_async_context(Durable(memory, store))
            engine = durable.engine
        if durable is None or durable.new:
            for path in options.load:
                for warning in await memory.load(path):
                    print(f"engine-api: {warning}", file=sys.stderr, flush=True)
        if durable is not None:
            durable.keep()
        application: ASGIApp = app(
            engine,
            minimum=options.api_version_min,
            maximum=options.api_version_max,
            openapi=not options.no_openapi,
        )
        if record is not None:
            application = Recorder(application, record)
        faults = Faults(options.fault)
        if options.fault or options.control:
            application = FaultInjector(application, faults)
        if options.control:
            keep = durable.keep if durable is not None else lambda: None
            application = Control(application, memory, faults, options.load, keep)
        application = RequestLog(application)
        addresses = options.host or [_default_address()]
        host = Host(application, addresses, tls=tls, insecure=options.insecure, allowed_hosts=options.allow_host)

        def stop() -> None:
            if host.stopping:
                memory.kill_all()
            host.stop()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        await things.enter_async_context(host)
        for address in host.addresses:
            ready(address)
        print(f"export DOCKER_HOST={host.addresses[0]}", flush=True)
        if options.site is not None:
            from engine_api.server.pages import pages

            beside = Host(RequestLog(pages(options.site)), [f"tcp://127.0.0.1:{options.site_port}"])
            await things.enter_async_context(beside)
            print(f"the site is at http://127.0.0.1:{beside.addresses[0].port}/", flush=True)
        await host.stopped()

    async def serve_until_stopped() -> None:
        async with AsyncExitStack() as things:
            await serve(things)

    try:
        asyncio.run(serve_until_stopped())
    except (DoorError, InvalidParameter, StateError) as error:
        raise Failure(str(error)) from None
    finally:
        if record is not None:
            record.close()
    return 0


# check


def _check_arguments(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "check",
        help="run the examples of the specification against an engine",
        description="Run the examples of the specification against an engine, in every version that it claims.",
        epilog="""\
examples:
  engine-api check unix:///var/run/docker.sock
  engine-api check tcp://127.0.0.1:2375 --api-version 1.41 --api-version 1.44
  engine-api check unix:///run/podman/podman.sock --only 'containers#*' --format junit > report.xml

What it makes on the engine it deletes again, and nothing else. The exit code is 0 if everything holds, 1 if something
does not, and 2 if it cannot be told.
""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    from engine_api.examples.check import add_arguments

    add_arguments(command)
    command.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from engine_api.examples.check import main as check

    return check(options)


# openapi


def _openapi_arguments(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "openapi",
        help="print the OpenAPI document of a version",
        description="Print the OpenAPI 3.1 document of a version, as JSON.",
        epilog="example:\n  engine-api openapi 1.44 > openapi.json\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "api_version", type=api_version, nargs="?", default=NEWEST, metavar="V", help="default: newest"
    )
    command.set_defaults(run=_openapi)


def _openapi(options: argparse.Namespace) -> int:
    import json

    from engine_api.openapi import document

    print(json.dumps(document(options.api_version), indent=2))
    return 0


# diff


def _diff_arguments(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "diff",
        help="tell what differs between two versions",
        description="Tell what differs between two versions, and what of it breaks a client written for the first.",
        epilog="""\
examples:
  engine-api diff 1.41 1.51
  engine-api diff 1.51 1.41 --breaking --operation 'Container*'
  engine-api diff 1.41 1.51 --operation 'POST /containers/create' --format markdown
  engine-api serve --record uses.jsonl            # let your client run against it, then
  engine-api diff 1.41 1.51 --uses uses.jsonl
  engine-api diff --all                           # how much breaks, of each version with each other
  engine-api diff --all --format json             # all of them, one document per line

On a terminal, the text is shown by $PAGER (default: less). With NO_COLOR set, it has no colours. The file of --uses is
a recording, a HAR file, or a list: a line is an operation (ContainerCreate, or POST /containers/create), and what is
used of it may follow (HostConfig.Memory ?name X-Registry-Auth). `-` reads standard input.
""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add("source", type=api_version, nargs="?", metavar="FROM", help="the version that the client was written for")
    add("target", type=api_version, nargs="?", metavar="TO", help="the version that it meets")
    add("--format", choices=["text", "markdown", "json"], default="text", help="default: text")
    add("--breaking", action="store_true", help="only what breaks a client")
    add(
        "--operation",
        action="append",
        metavar="PATTERN",
        help="only these operations: an id, a route or a resource, * for others; may be repeated",
    )
    add("--uses", type=Path, metavar="FILE", help="only what concerns a client that uses what the file tells")
    add("--all", action="store_true", help="each version with each other")
    add("--schema", action="store_true", help="print the JSON Schema of --format json")
    add("--no-pager", action="store_true", help="print the text at once on a terminal, too")
    command.set_defaults(run=_diff)


def _diff(options: argparse.Namespace) -> int:
    from engine_api.versions.command import DiffError, main

    try:
        return main(options)
    except DiffError as error:
        raise Failure(str(error)) from None


# completion


def _completion_arguments(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "completion",
        help="print the completion script of a shell",
        description="Print a script that lets a shell complete the command line of engine-api.",
        epilog='example:\n  eval "$(engine-api completion bash)"\n',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("shell", choices=["bash", "zsh", "tcsh"])
    command.set_defaults(run=_completion)


def _completion(options: argparse.Namespace) -> int:
    import shtab

    print(shtab.complete(parser(), shell=options.shell))
    return 0
