"""HTTP over an engine: `app(engine)` is a Starlette application, `engine_api.server.host` carries it on sockets."""

from engine_api.server.app import app

__all__ = ["app"]
