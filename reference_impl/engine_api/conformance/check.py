"""`engine-api check`: runs every example against an engine, in every version that the engine serves."""

from __future__ import annotations

import argparse
import asyncio
import fnmatch
import json
import os
import secrets
import ssl
import sys
import time
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from engine_api.api.versions import VERSIONS, Version
from engine_api.conformance.run import Outcome, Result, run
from engine_api.conformance.sockets import SocketTarget
from engine_api.conformance.target import ConnectionFailed, Target
from engine_api.spec.divergences import EngineIdentity, identify
from engine_api.spec.exchange import Example, examples_of
from engine_api.spec.pages import changes_page, page, page_names

__all__ = ["add_arguments", "check", "main", "plan"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `engine-api check`."""
    add = parser.add_argument
    add("host", metavar="HOST", help="Address of the engine: unix:///PATH or tcp://HOST:PORT.")
    add(
        "--api-version",
        action="append",
        metavar="V",
        help="Run this version only. Repeatable. Default: all versions that the engine serves.",
    )
    add(
        "--only",
        action="append",
        metavar="PATTERN",
        help="Run only examples with matching names, such as 'containers#*' or '*conflict*'. Repeatable.",
    )
    add("--format", choices=["text", "json", "junit"], default="text", help="Format of the report. Default: text.")
    add("--registry", metavar="HOST:PORT", help="Registry that the engine can push to, for examples of pushes.")
    add("--jobs", type=int, default=4, metavar="N", help="Number of examples at a time. Default: 4.")
    add("--tls-ca", type=Path, metavar="FILE", help="Authority (CA) of the engine's certificate, for TLS.")
    add("--tls-cert", type=Path, metavar="FILE", help="Client certificate.")
    add("--tls-key", type=Path, metavar="FILE", help="Private key of the client certificate.")


def plan(versions: Sequence[Version], only: Sequence[str] | None = None) -> list[tuple[Example, Version]]:
    """Return the examples to run, each with each version that has it.

    Args:
        versions: the versions.
        only: patterns for names of examples. Default: all examples.
    """
    found: list[tuple[Example, Version]] = []
    for version in versions:
        for name in page_names():
            found += [(example, version) for example in examples_of(page(name, version))]
    for version in VERSIONS:
        try:
            changes = examples_of(changes_page(version))
        except FileNotFoundError:
            continue
        for example in changes:
            stands = example.version or version
            if stands in versions:
                found.append((example, stands))
    if only is None:
        return found
    return [one for one in found if any(fnmatch.fnmatch(one[0].name, pattern) for pattern in only)]


async def check(
    target: Target,
    engine: EngineIdentity,
    work: Sequence[tuple[Example, Version]],
    jobs: int,
    progress: bool,
    registry: str | None = None,
) -> list[Outcome]:
    """Run examples against an engine, `jobs` at a time, and return the outcomes in the order of `work`.

    Examples that run at the same time can interfere: builds, for example, share a cache. A failed example is therefore
    run again alone, and the second outcome counts.
    """
    outcomes: list[Outcome | None] = [None] * len(work)
    queue = iter(enumerate(work))
    done = 0

    async def run_one(index: int) -> None:
        example, version = work[index]
        suffix = f"-{secrets.token_hex(3)}"
        outcomes[index] = await run(example, version, target, engine, suffix=suffix, registry=registry)

    async def worker() -> None:
        nonlocal done
        for index, _ in queue:
            await run_one(index)
            done += 1
            if progress:
                failed = sum(o is not None and o.result is Result.FAILS for o in outcomes)
                print(f"\r{done}/{len(work)}, {failed} failed ", end="", file=sys.stderr, flush=True)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(max(1, jobs)):
                group.create_task(worker())
        if jobs > 1:
            for index, outcome in enumerate(outcomes):
                if outcome is not None and outcome.result is Result.FAILS:
                    await run_one(index)
    finally:
        if progress:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return [outcome for outcome in outcomes if outcome is not None]


async def _identify(target: Target) -> EngineIdentity:
    async with await target.connect() as connection:
        await connection.send(b"GET /version HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n")
        response = await connection.response()
        body = await response.read()
    try:
        return identify(body)
    except (ValueError, TypeError, AttributeError):
        raise ConnectionFailed("what answers there is no engine: GET /version gave no version") from None


def _tls(options: argparse.Namespace) -> ssl.SSLContext | None:
    ca, cert, key = options.tls_ca, options.tls_cert, options.tls_key
    folder = os.environ.get("DOCKER_CERT_PATH")
    if not ca and os.environ.get("DOCKER_TLS_VERIFY") and folder and not options.host.startswith("unix:"):
        ca, cert, key = (Path(folder) / name for name in ("ca.pem", "cert.pem", "key.pem"))
    if bool(cert) != bool(key):
        raise ConnectionFailed("--tls-cert and --tls-key are given together or not at all")
    if not (ca or cert or options.host.startswith("https://")):
        return None
    try:
        context = ssl.create_default_context(cafile=ca)
        if cert:
            context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise ConnectionFailed(f"the TLS files cannot be used: {error}") from None
    return context


def main(options: argparse.Namespace) -> int:
    """Run `engine-api check` and return its exit code."""
    try:
        return asyncio.run(_main(options))
    except ConnectionFailed as error:
        print(f"engine-api: {error}", file=sys.stderr)
        return 2


async def _main(options: argparse.Namespace) -> int:
    target = SocketTarget(options.host, _tls(options))
    try:
        async with asyncio.timeout(30):
            engine = await _identify(target)
    except TimeoutError:
        raise ConnectionFailed(f"{options.host} did not answer GET /version within 30 s") from None
    versions = [version for version in VERSIONS if engine.minimum <= version <= engine.maximum]
    if options.api_version:
        try:
            asked = [Version.parse(text.removeprefix("v")) for text in options.api_version]
        except ValueError:
            raise ConnectionFailed(f"{', '.join(options.api_version)}: no API version; write it as 1.44") from None
        for version in asked:
            if version not in versions:
                raise ConnectionFailed(f"the engine serves v{engine.minimum} to v{engine.maximum}, not v{version}")
        versions = asked
    work = plan(versions, options.only)
    if not work:
        raise ConnectionFailed(f"no example is named {' or '.join(map(repr, options.only or ()))}")
    began = time.monotonic()
    progress = options.format == "text" and sys.stderr.isatty()
    outcomes = await check(target, engine, work, options.jobs, progress, options.registry)
    seconds = time.monotonic() - began
    report = {"text": _text, "json": _json, "junit": _junit}[options.format]
    print(report(engine, versions, outcomes, seconds))
    return 1 if any(outcome.result is Result.FAILS for outcome in outcomes) else 0


def _count(outcomes: Sequence[Outcome], result: Result) -> int:
    return sum(outcome.result is result for outcome in outcomes)


def _text(engine: EngineIdentity, versions: Sequence[Version], outcomes: Sequence[Outcome], seconds: float) -> str:
    lines: list[str] = []
    for outcome in outcomes:
        if outcome.result is Result.FAILS:
            lines += ["FAILS " + outcome.message, ""]
    for result in (Result.DIVERGES, Result.NOT_RUN):
        groups: dict[tuple[str, str], list[Version]] = defaultdict(list)
        for outcome in outcomes:
            if outcome.result is result:
                groups[outcome.example.name, outcome.message].append(outcome.version)
        if groups:
            lines.append(f"{result.value}:")
            lines += [f"  {name} ({_range(found)}): {why}" for (name, why), found in sorted(groups.items())]
            lines.append("")
    names = {outcome.example.name for outcome in outcomes}
    lines.append(
        f"{engine}, v{versions[0]} to v{versions[-1]}: {len(names)} examples, {len(outcomes)} runs in {seconds:.0f} s: "
        + ", ".join(f"{_count(outcomes, result)} {words}" for result, words in _WORDS.items())
    )
    return "\n".join(lines)


_WORDS = {
    Result.HOLDS: "hold",
    Result.DIVERGES: "diverge as documented",
    Result.FAILS: "fail",
    Result.NOT_RUN: "not run",
}


def _range(versions: Sequence[Version]) -> str:
    if len(versions) == 1:
        return f"v{versions[0]}"
    return f"v{min(versions)} to v{max(versions)}, {len(versions)} versions"


def _json(engine: EngineIdentity, versions: Sequence[Version], outcomes: Sequence[Outcome], seconds: float) -> str:
    document: dict[str, object] = {
        "engine": {"product": engine.product, "release": engine.release},
        "versions": [str(version) for version in versions],
        "seconds": round(seconds, 1),
        "summary": {result.name.lower(): _count(outcomes, result) for result in Result},
        "outcomes": [
            {
                "example": outcome.example.name,
                "title": outcome.example.title,
                "version": str(outcome.version),
                "result": outcome.result.name.lower(),
                "message": outcome.message,
            }
            for outcome in outcomes
        ],
    }
    return json.dumps(document, indent=2)


def _junit(engine: EngineIdentity, versions: Sequence[Version], outcomes: Sequence[Outcome], seconds: float) -> str:
    suites = ET.Element("testsuites")
    for version in versions:
        own = [outcome for outcome in outcomes if outcome.version == version]
        suite = ET.SubElement(
            suites,
            "testsuite",
            name=f"{engine} v{version}",
            tests=str(len(own)),
            failures=str(_count(own, Result.FAILS)),
            skipped=str(_count(own, Result.NOT_RUN)),
            time=f"{seconds / len(versions):.3f}",
        )
        for outcome in own:
            case = ET.SubElement(suite, "testcase", classname=f"v{version}.{outcome.example.page}")
            case.set("name", outcome.example.id)
            if outcome.result is Result.FAILS:
                ET.SubElement(case, "failure", message=outcome.message.splitlines()[0]).text = outcome.message
            elif outcome.result is Result.NOT_RUN:
                ET.SubElement(case, "skipped", message=outcome.message)
            elif outcome.result is Result.DIVERGES:
                ET.SubElement(case, "system-out").text = f"diverges as documented: {outcome.message}"
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True)
