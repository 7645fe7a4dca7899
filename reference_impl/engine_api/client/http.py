"""The clients of httpx without features that the API does not use, for speed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import httpx

from engine_api.client.call import Call
from engine_api.client.options import A, Options

__all__ = ["AsyncHttp", "Http", "body_of", "request_of"]

_HEADERS: Final = {"Accept": "*/*"}


@lru_cache(1024)
def _url(path: str) -> httpx.URL:
    """Return the URL of a path; the transport has the address of the engine."""
    return httpx.URL(f"http://docker{path}")


def _merged(*layers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return headers, whose names differ by more than case; later layers take precedence."""
    merged = {name.lower(): (name, value) for layer in layers for name, value in layer.items()}
    return list(merged.values())


def request_of(call: Call, options: Options[A]) -> httpx.Request:
    """Return the request that makes a call."""
    return httpx.Request(
        call.method,
        _url(call.path),
        headers=_merged({**_HEADERS, "User-Agent": options.user_agent}, options.headers, call.headers),
        content=call.content,
        extensions={"timeout": call.timeout},
    )


async def body_of(response: httpx.Response) -> bytes:
    """Return the body of a response; unlike `Response.aread`, without a decoder if the response has no coding."""
    if "content-encoding" in response.headers:
        return await response.aread()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return b"".join([piece async for piece in response.stream])


class _NoCookies(httpx.Cookies):
    """A cookie jar without cookies: engines set none, and extracting cookies takes as long as a response."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Do nothing."""


_NO_COOKIES: Final = _NoCookies()


class _Cookieless:
    """The cookies of both clients, which are ignored."""

    @property
    def cookies(self) -> httpx.Cookies:
        """None."""
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        raise TypeError("engines take no cookies")


class Http(_Cookieless, httpx.Client):
    """Requests to one engine, blocking."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        super().__init__(transport=transport, trust_env=False)


class AsyncHttp(_Cookieless, httpx.AsyncClient):
    """Requests to one engine, for asyncio."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(transport=transport, trust_env=False)
