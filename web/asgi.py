"""The words of ASGI 3, and asking an application for one whole answer."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from msgspec import Struct

RawHeaders = tuple[tuple[bytes, bytes], ...]
"""Pairs of (name in lower case, value); a tuple, because many answers share it."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# Any, so that frameworks with types of their own for the same dictionaries fit.
ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]


class Answer(Struct, frozen=True):
    """A whole response: names of headers in lower case."""

    status: int
    headers: RawHeaders
    body: bytes


def anonymous_request(scope: Scope, path: str, query: str, headers: RawHeaders) -> Scope:
    """A GET of `path` and `query` with nothing else that the reader behind `scope` sent: no header
    but `headers`, no address, no spelling. Its state is a copy."""
    return {
        "type": "http",
        "asgi": scope["asgi"],
        "http_version": "1.1",
        "method": "GET",
        "scheme": scope.get("scheme", "http"),
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query.encode(),
        "root_path": scope.get("root_path", ""),
        "headers": list(headers),
        "client": None,
        "server": scope.get("server"),
        "state": dict(scope.get("state", {})),
    }


async def whole_answer(app: ASGIApp, request: Scope) -> Answer:
    """What `app` answers to a request without a body, once it is complete.

    Raises what `app` raises, and RuntimeError when it returns without a complete answer.
    """
    start: Message = {}
    body = bytearray()
    asked = complete = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            # Applications that stream listen for the reader leaving, and this one never does.
            await asyncio.get_running_loop().create_future()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal complete
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))
            complete = not message.get("more_body", False)

    await app(request, receive, send)
    if not start or not complete:
        raise RuntimeError(f"The application left {request['path']} without a complete answer")
    headers = tuple((name.lower(), value) for name, value in start.get("headers", ()))
    return Answer(start["status"], headers, bytes(body))
