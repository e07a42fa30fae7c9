"""Every answer carries the policy of docs/standards: pages, errors, files, refused websockets."""

import asyncio

import pytest

from web.asgi import Answer, Message, RawHeaders, Receive, Scope, Send, whole_answer
from web.security_headers import SecurityHeaders, security_headers, with_missing

POLICY = security_headers("https://board.example")


class Site:
    def __init__(self, status: int = 200, headers: RawHeaders = ()) -> None:
        self.status, self.headers = status, headers
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if scope["type"] == "lifespan":
            await send({"type": "lifespan.startup.complete"})
            return
        kind = "websocket.http" if scope["type"] == "websocket" else "http"
        start = {"type": f"{kind}.response.start", "status": self.status}
        await send(start | ({"headers": list(self.headers)} if self.headers else {}))
        await send({"type": f"{kind}.response.body", "body": b"text"})


def answer_of(app: SecurityHeaders, path: str = "/") -> Answer:
    return asyncio.run(whole_answer(app, {"type": "http", "method": "GET", "path": path}))


def messages_of(app: SecurityHeaders, kind: str) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {}

    asyncio.run(app({"type": kind, "path": "/"}, receive, send))
    return sent


def test_the_policy_is_word_for_word_the_one_of_the_standards() -> None:
    policy = dict(POLICY)
    assert policy[b"content-security-policy"] == (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        b" connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert policy[b"x-content-type-options"] == b"nosniff"
    assert policy[b"referrer-policy"] == b"no-referrer"
    assert policy[b"cross-origin-opener-policy"] == b"same-origin"
    assert b"geolocation=()" in policy[b"permissions-policy"]


def test_only_a_site_on_https_tells_browsers_to_come_back_by_https() -> None:
    assert dict(POLICY)[b"strict-transport-security"] == b"max-age=63072000; includeSubDomains"
    for public_url in ("http://localhost:8000", "http://board.example", "HTTPS.example", ""):
        assert b"strict-transport-security" not in dict(security_headers(public_url))


@pytest.mark.parametrize("status", [200, 204, 302, 304, 404, 422, 500, 503])
def test_every_answer_carries_the_policy_whatever_its_status(status: int) -> None:
    answer = answer_of(SecurityHeaders(Site(status), POLICY))
    assert answer.status == status
    assert set(POLICY) <= set(answer.headers)


def test_a_refused_websocket_carries_the_policy_too() -> None:
    start, _ = messages_of(SecurityHeaders(Site(403), POLICY), "websocket")
    assert set(POLICY) <= set(start["headers"])


def test_what_the_application_set_itself_is_neither_replaced_nor_doubled() -> None:
    stricter = (b"Content-Security-Policy", b"sandbox; default-src 'none'")
    answer = answer_of(SecurityHeaders(Site(headers=(stricter,)), POLICY))
    policies = [value for name, value in answer.headers if name == b"content-security-policy"]
    assert policies == [stricter[1]]
    assert (b"x-content-type-options", b"nosniff") in answer.headers


def test_public_data_may_be_read_by_scripts_of_any_origin_and_nothing_else_may() -> None:
    app = SecurityHeaders(Site(), POLICY, is_public_data=lambda path: path.startswith("/donnees"))
    assert (b"access-control-allow-origin", b"*") in answer_of(app, "/donnees/x.csv").headers
    assert b"access-control-allow-origin" not in dict(answer_of(app, "/espace").headers)


def test_the_message_of_the_application_itself_is_left_as_it_was() -> None:
    site = Site(headers=((b"content-type", b"text/plain"),))
    first, second = (answer_of(SecurityHeaders(site, POLICY)) for _ in range(2))
    assert first.headers == second.headers
    assert site.headers == ((b"content-type", b"text/plain"),)


def test_starting_and_stopping_the_application_is_none_of_its_business() -> None:
    messages = messages_of(SecurityHeaders(Site(), POLICY), "lifespan")
    assert messages == [{"type": "lifespan.startup.complete"}]


def test_headers_keep_their_order_and_the_missing_ones_follow() -> None:
    present = [(b"b", b"1"), (b"a", b"2")]
    assert with_missing(present, ((b"a", b"3"), (b"c", b"4"))) == (*present, (b"c", b"4"))
