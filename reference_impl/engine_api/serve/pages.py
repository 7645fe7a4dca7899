"""A built site beside the engine: its files, and the examples that readers run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from engine_api.conformance.trial import lines

__all__ = ["pages"]

_LIMIT: Final = 256 * 1024


def pages(folder: Path, *, run: bool = True) -> Starlette:
    """The site of a folder.

    Args:
        folder: the built site.
        run: whether examples run here, each on a reference engine of its own that is gone afterwards. Otherwise the
            pages run them in the browser.
    """
    routes: list[Route | Mount] = []
    if run:
        routes.append(Route("/run", _run, methods=["POST"]))
        routes.append(Route("/assets/site/run.json", _means))
    routes.append(Mount("/", StaticFiles(directory=folder, html=True)))
    return Starlette(routes=routes)


async def _means(request: Request) -> Response:
    return JSONResponse({"server": True, "browser": False})


async def _run(request: Request) -> Response:
    if request.headers.get("content-type") != "application/json":
        return PlainTextResponse("the job must be application/json", 415)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LIMIT:
            return PlainTextResponse(f"the job is longer than {_LIMIT} bytes", 413)
    try:
        job: dict[str, object] = json.loads(body)
        requests = job.get("requests")
        if requests is not None and not (isinstance(requests, list) and all(isinstance(one, str) for one in requests)):
            raise ValueError("requests are texts")
        events = lines(str(job["name"]), str(job["version"]), requests)
        first = await anext(events)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        return PlainTextResponse(f"that is no job: {error}", 400)
    return StreamingResponse(_all(first, events), media_type="application/x-ndjson")


async def _all(first: str, events: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for line in events:
        yield line
