"""httpx's clients as both clients of engines use them: without what this API has no use for."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import httpx

from engine_api.client.call import Call
from engine_api.client.options import A, Options

__all__ = ["AsyncHttp", "Http", "body_of", "request_of"]

_HEADERS: Final = {"Accept": "*/*"}


@lru_cache(1024)
def _url(path: str) -> httpx.URL:
    """The address of a path; the transport knows where the engine really is."""
    return httpx.URL(f"http://docker{path}")


def request_of(call: Call, options: Options[A]) -> httpx.Request:
    """Return the request that makes a call."""
    return httpx.Request(
        call.method,
        _url(call.path),
        headers={**_HEADERS, "User-Agent": options.user_agent, **options.headers, **call.headers},
        content=call.content,
        extensions={"timeout": call.timeout},
    )


async def body_of(response: httpx.Response) -> bytes:
    """The body of an answer, with a look for a coding only where there is one; `Response.aread` always looks."""
    if "content-encoding" in response.headers:
        return await response.aread()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return b"".join([piece async for piece in response.stream])


class _NoCookies(httpx.Cookies):
    """Engines set no cookies, and looking for them costs as much as the answer."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Do nothing."""


_NO_COOKIES: Final = _NoCookies()


class _Cookieless:
    """What clients of both kinds have instead of a jar of cookies."""

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
