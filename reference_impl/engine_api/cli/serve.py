"""`engine-api serve`: serves the reference engine."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from engine_api.api.versions import NEWEST, OLDEST
from engine_api.cli.options import Commands, Failure, Parser, add_command, api_version
from engine_api.engines.memory.machine.host import NEWEST_RELEASE, RELEASES

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from engine_api.api.engine import Engine
    from engine_api.engines.memory.engine import MemoryEngine
    from engine_api.engines.memory.state import Durable
    from engine_api.server.exchange import Around
    from engine_api.server.faults import Fault
    from engine_api.server.host import Host

__all__ = ["add"]

_EPILOG = """\
examples:
  engine-api serve
  engine-api serve --host unix:///tmp/docker.sock --log-level debug
  engine-api serve --host tcp://127.0.0.1:0 --catalogue postgres:16 --catalogue redis:7
  engine-api serve --load compose.yaml --load more.json
  engine-api serve --fault 'ContainerStart,status=500,message=no space left,times=1' --fault 'ImageCreate,delay=2'
  engine-api serve --state ~/engine
  engine-api serve --host tcp://0.0.0.0:2376 --tls-cert server.pem --tls-key key.pem --tls-ca ca.pem

The command prints `listening on ADDRESS` for each address, and how to set DOCKER_HOST. Press Ctrl-C to stop it.
"""


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
        raise Failure(f"{folder} belongs to another user; set --host")
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


def _add_addresses(command: Parser) -> None:
    """Add the options of listening addresses and clients."""
    add = command.add_argument
    add(
        "--host",
        "-H",
        action="append",
        metavar="ADDRESS",
        help="Listening address: unix:///PATH or tcp://ADDR:PORT, port 0 for any free port. Repeatable. Default: a "
        "unix socket of the current user.",
    )
    add("--tls-cert", type=Path, metavar="FILE", help="Certificate of the server, for TLS on TCP addresses.")
    add("--tls-key", type=Path, metavar="FILE", help="Private key of the certificate.")
    add("--tls-ca", type=Path, metavar="FILE", help="Authority (CA) that signs the certificates of clients.")
    add(
        "--insecure",
        action="store_true",
        help="Accept unauthenticated clients on TCP addresses that other machines can reach.",
    )
    add(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="Accept this name of the server in the Host header. Repeatable.",
    )
    add(
        "--api-version-min",
        type=api_version,
        metavar="V",
        help=f"Oldest API version to serve. Default: {OLDEST}, or the oldest of the release.",
    )
    add(
        "--api-version-max",
        type=api_version,
        metavar="V",
        help=f"Newest API version to serve. Default: {NEWEST}, or the newest of the release.",
    )


def _add_engine(command: Parser) -> None:
    """Add the options of the engine."""
    add = command.add_argument
    add(
        "--engine-release",
        choices=sorted(RELEASES),
        help="Report this release of Docker, serve its versions, and refuse requests as it does. Default: the newest "
        "behaviour, in every version.",
    )
    add(
        "--catalogue",
        action="append",
        metavar="IMAGE",
        help="Offer only this image for pulls. Repeatable. Default: any image can be pulled.",
    )
    add("--seed", type=int, metavar="N", help="Seed of generated IDs and names. Default: random.")
    add(
        "--load",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="Load images, networks, volumes and containers from a JSON document or a compose file. Repeatable.",
    )
    add(
        "--control",
        action="store_true",
        help="Let clients reset the engine, load state and set faults at /_control/, for tests. Default: refused.",
    )
    add(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="FAULT",
        help="Make an operation fail: OPERATION,KEY=VALUE..., with status=, message=, delay= (seconds), cut= (bytes), "
        "times=. Repeatable.",
    )
    add(
        "--open-ports",
        action="store_true",
        help="Listen on 127.0.0.1 for the published TCP ports of containers. Default: published ports are simulated.",
    )
    add(
        "--state",
        type=Path,
        metavar="DIR",
        help="Keep images, containers, networks and volumes in this directory, across restarts and crashes. Default: "
        "nothing is written.",
    )


def _add_output(command: Parser) -> None:
    """Add the options of logs, recordings and pages."""
    add = command.add_argument
    add(
        "--log-level",
        choices=["debug", "info", "warning", "error"],
        default="warning",
        help="Lowest level of log messages. Default: warning.",
    )
    add("--log-format", choices=["text", "json"], default="text", help="Format of log messages. Default: text.")
    add(
        "--record",
        type=Path,
        metavar="FILE",
        help="Append the operations, parameters and fields that clients use, for `engine-api diff --uses`. Values and "
        "credentials are not written.",
    )
    add("--no-openapi", action="store_true", help="Do not serve /openapi.json and /v1.NN/openapi.json.")
    add("--site", type=Path, metavar="DIR", help="Also serve the built site in this folder, and run its examples.")
    add(
        "--site-port",
        type=int,
        default=0,
        metavar="PORT",
        help="Port of the site on 127.0.0.1. Default: any free port.",
    )


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "serve",
        help="Run the reference engine.",
        description="Run the in-memory reference engine for docker, docker-py and other clients.",
        epilog=_EPILOG,
    )
    _add_addresses(command)
    _add_engine(command)
    _add_output(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from engine_api.api.errors import InvalidParameter
    from engine_api.engines.memory.state import StateError
    from engine_api.server.addresses import ListenError

    _choose_versions(options)
    _check(options)
    _set_up_log(options.log_level, options.log_format)
    record = _open_record(options.record) if options.record is not None else None

    async def serve_until_stopped() -> None:
        async with AsyncExitStack() as stack:
            await _serve(options, record, stack)

    try:
        asyncio.run(serve_until_stopped())
    except (ListenError, InvalidParameter, StateError) as error:
        raise Failure(str(error)) from None
    finally:
        if record is not None:
            record.close()
    return 0


def _choose_versions(options: argparse.Namespace) -> None:
    """Fill in the versions that the engine release serves, where no others are given."""
    release = RELEASES.get(options.engine_release, NEWEST_RELEASE)
    options.api_version_min = options.api_version_min or release.minimum
    options.api_version_max = options.api_version_max or release.maximum


def _check(options: argparse.Namespace) -> None:
    """Refuse options that contradict each other."""
    if options.api_version_min > options.api_version_max:
        raise Failure("--api-version-min is newer than --api-version-max")
    files = (options.tls_cert, options.tls_key, options.tls_ca)
    if any(files) and not all(files):
        raise Failure("TLS needs --tls-cert, --tls-key and --tls-ca together")
    if options.site is not None and not (options.site / "index.html").is_file():
        raise Failure(f"{options.site} has no index.html; build the site first, with `make docs`")


async def _serve(options: argparse.Namespace, record: TextIO | None, stack: AsyncExitStack) -> None:
    """Serve until a signal ends it."""
    from engine_api.server.addresses import TlsFiles
    from engine_api.server.host import Host
    from engine_api.server.requestlog import RequestLog

    memory, durable = await _start_engine(options, stack)
    host = Host(
        RequestLog(_application(options, memory, durable, record)),
        options.host or [_default_address()],
        tls=TlsFiles(options.tls_cert, options.tls_key, options.tls_ca) if options.tls_cert is not None else None,
        insecure=options.insecure,
        allowed_hosts=options.allow_host,
    )
    _handle_signals(host, memory)
    await stack.enter_async_context(host)
    for address in host.addresses:
        print(f"listening on {address}", flush=True)
    print(f"export DOCKER_HOST={host.addresses[0]}", flush=True)
    if options.site is not None:
        from engine_api.serve.pages import pages

        beside = Host(RequestLog(pages(options.site)), [f"tcp://127.0.0.1:{options.site_port}"])
        await stack.enter_async_context(beside)
        print(f"the site is at http://127.0.0.1:{beside.addresses[0].port}/", flush=True)
    await host.stopped()


async def _start_engine(options: argparse.Namespace, stack: AsyncExitStack) -> tuple[MemoryEngine, Durable | None]:
    """Start the engine, with its state or its seeds."""
    from engine_api.engines.memory.engine import MemoryEngine
    from engine_api.engines.memory.state import Durable, StateStore

    memory = await stack.enter_async_context(
        MemoryEngine(
            seed=options.seed,
            catalogue=options.catalogue,
            release=RELEASES.get(options.engine_release, NEWEST_RELEASE),
            open_ports=options.open_ports,
        )
    )
    durable = None
    if options.state is not None:
        store = stack.enter_context(StateStore(options.state.expanduser()))
        durable = await stack.enter_async_context(Durable(memory, store))
    if durable is None or durable.new:
        for path in options.load:
            for warning in await memory.load(path):
                print(f"engine-api: {warning}", file=sys.stderr, flush=True)
    if durable is not None:
        durable.keep()
    return memory, durable


def _application(
    options: argparse.Namespace, memory: MemoryEngine, durable: Durable | None, record: TextIO | None
) -> ASGIApp:
    """The API of the engine, with what was asked for around it."""
    from engine_api.openapi import encoded
    from engine_api.serve.control import Control
    from engine_api.server import app
    from engine_api.server.faults import FaultInjector, Faults
    from engine_api.server.recorder import Recorder

    engine: Engine = memory if durable is None else durable.engine
    faults = Faults(options.fault)
    around: list[Around] = []
    if options.fault or options.control:
        around.append(FaultInjector(faults))
    if record is not None:
        around.append(Recorder(record))
    application: ASGIApp = app(
        engine,
        minimum=options.api_version_min,
        maximum=options.api_version_max,
        release=options.engine_release,
        documents=None if options.no_openapi else encoded,
        around=around,
    )
    if options.control:
        keep = durable.keep if durable is not None else lambda: None
        application = Control(application, memory, faults, options.load, keep)
    return application


def _handle_signals(host: Host, memory: MemoryEngine) -> None:
    """Stop at SIGINT and SIGTERM; the second one kills every process."""

    def stop() -> None:
        if host.stopping:
            memory.kill_all()
        host.stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
