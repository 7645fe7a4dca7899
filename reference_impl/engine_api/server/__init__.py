"""HTTP over an engine: `app(engine)` is a Starlette application, and `engine_api.server.host` serves it on sockets."""

from engine_api.server.app import app

__all__ = ["app"]
