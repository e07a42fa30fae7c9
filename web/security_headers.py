"""The headers that tell a browser to distrust everything but us (OWASP ASVS 5.0, V3.4)."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from web.asgi import ASGIApp, Message, RawHeaders, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    b" connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

# Only features every current engine knows: an unknown name is a warning in each reader's console.
_UNUSED_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")

_ALWAYS: RawHeaders = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in _UNUSED_FEATURES).encode()),
)

# Two years and every subdomain, as ASVS 3.4.1 asks at level 2. A browser that has seen it refuses
# plain http on this name and below for that long: no header sent later makes it forget at once.
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")

_ANY_ORIGIN = (b"access-control-allow-origin", b"*")


def security_headers(public_url: str) -> RawHeaders:
    """The policy for a site whose address is `public_url`.

    Strict-Transport-Security is there only when that address is https: sent for a site on plain
    http, it would make every reader behind a broken proxy unable to come back.
    """
    if urlsplit(public_url).scheme == "https":
        return (*_ALWAYS, _STRICT_TRANSPORT)
    return _ALWAYS


def with_missing(headers: Iterable[tuple[bytes, bytes]], wanted: RawHeaders) -> RawHeaders:
    """`headers`, then those of `wanted` whose name is not among them (names in any case)."""
    present = tuple((name, value) for name, value in headers)
    names = {name.lower() for name, _ in present}
    return present + tuple(pair for pair in wanted if pair[0] not in names)


class SecurityHeaders:
    """Adds `headers` to every answer of `app` that lacks them, errors and static files included.

    What the application set itself stays: an uploaded document brings a stricter, sandboxing
    policy. Answers for paths of `is_public_data` may also be read by scripts of any origin; that is
    safe only because they depend on no cookie.

    Goes inside the page cache, not around it: there it costs a public page once, not each hit.
    """

    def __init__(
        self,
        app: ASGIApp,
        headers: RawHeaders,
        *,
        is_public_data: Callable[[str], bool] = lambda path: False,
    ) -> None:
        self._app = app
        self._headers = headers
        self._headers_of_data = (*headers, _ANY_ORIGIN)
        self._is_public_data = is_public_data

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        is_data = self._is_public_data(scope["path"])
        wanted = self._headers_of_data if is_data else self._headers

        async def send_with_headers(message: Message) -> None:
            # The second type is a refused websocket, which is an ordinary answer to a browser.
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                message = {**message, "headers": with_missing(message.get("headers", ()), wanted)}
            await send(message)

        await self._app(scope, receive, send_with_headers)
