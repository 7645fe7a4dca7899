"""A log line for each request."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["JsonFormatter", "RequestLog"]

logger = logging.getLogger("engine_api.requests")


class RequestLog:
    """Logs method, path, status and time of each request on the logger `engine_api.requests`.

    Headers and bodies, which may have credentials, are not logged. Statuses of 500 and above have the level error,
    pings debug, and all others info. A request is logged at the end of its response, or of its stream.

    Args:
        app: the application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            path: str = scope["path"]
            if scope["query_string"]:
                path += f"?{scope['query_string'].decode('latin-1')}"
            level = logging.ERROR if status >= 500 else logging.DEBUG if path.endswith("/_ping") else logging.INFO
            if logger.isEnabledFor(level):
                milliseconds = (time.perf_counter() - began) * 1000
                logger.log(
                    level,
                    "%s %s %s %.1f ms",
                    scope["method"],
                    path,
                    status or "-",
                    milliseconds,
                    extra={
                        "request": {
                            "method": scope["method"],
                            "path": path,
                            "status": status or None,
                            "milliseconds": round(milliseconds, 3),
                        }
                    },
                )


class JsonFormatter(logging.Formatter):
    """A JSON document per line: time (Unix seconds), level, logger, message, and the parts of a request."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON."""
        entry: dict[str, object] = {
            "time": round(record.created, 6),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry.update(getattr(record, "request", {}))
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry)
