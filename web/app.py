"""The application the server runs: routes from the table, the page cache and the headers around it.

`create_app` is what the command line hands the server, by name.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import brotli
from litestar import Litestar, Request, Response, get
from litestar.handlers import HTTPRouteHandler

from tracker import bootstrap
from tracker.bootstrap import Services
from tracker.settings import Settings
from web.addresses import PUBLIC, PublicAddress, PublicPaths
from web.asgi import ASGIApp, Message, Receive, Scope, Send
from web.assets import IMMUTABLE, Asset, every_asset
from web.errors import error_handlers
from web.health import health_routes
from web.page_cache import PageCache
from web.public_pages import PublicPages
from web.rendering import LANGUAGES, Renderer
from web.security_headers import SecurityHeaders, security_headers
from web.visit import Language


def create_app() -> ASGIApp:
    """The whole application with services of its own, set up from the environment."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    stack = ExitStack()
    services = stack.enter_context(bootstrap.services(Settings.from_environment()))
    return build_app(services, stack.close)


def build_app(services: Services, close: Callable[[], None] = lambda: None) -> ASGIApp:
    """The application around `services`; `close` is called when the server stops."""
    renderer = Renderer()
    pages = PublicPages(services, renderer)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        yield
        close()

    site = Litestar(
        route_handlers=[
            *(
                _public(pages, route, language)
                for route in PUBLIC.values()
                for language in LANGUAGES
            ),
            *(_static(asset) for asset in every_asset()),
            *health_routes(services, lambda: cache),
        ],
        lifespan=[lifespan],
        exception_handlers=error_handlers(renderer),
        openapi_config=None,
        logging_config=None,
    )
    headers = security_headers(services.settings.public_url)
    cache = PageCache(
        SecurityHeaders(_answering_head(site), headers, is_public_data=_is_public_data),
        moment=pages.moment,
        edition=pages.edition,
        routes=PublicPaths().cached,
        capacity_bytes=services.settings.page_cache_mb * 1_000_000,
        position_of=pages.position_of,
        headers=headers,
    )
    return cache


def _answering_head(site: ASGIApp) -> ASGIApp:
    """HEAD is answered as GET, without the body (RFC 9110, 9.3.2): the handlers would refuse it."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await site(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            is_body = message["type"] == "http.response.body"
            await send({**message, "body": b""} if is_body else message)

        await site({**scope, "method": "GET"}, receive, send_without_body)

    return answer


def _is_public_data(path: str) -> bool:
    return path.startswith(("/donnees/", "/en/data/"))


def _public(pages: PublicPages, route: PublicAddress, language: Language) -> HTTPRouteHandler:
    pattern = route.fr if language == "fr" else route.en

    @get(pattern.replace("}", ":str}"), name=f"{route.name}.{language}", sync_to_thread=True)
    def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        return pages.show(route, language, request)

    return handle


def _static(asset: Asset) -> HTTPRouteHandler:
    headers = {"cache-control": IMMUTABLE, "vary": "accept-encoding"}
    plain, packed = asset.body, brotli.compress(asset.body)

    @get(asset.path, sync_to_thread=False)
    def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        # Every browser that speaks https takes br; the others get the file as it is.
        if "br" in request.headers.get("accept-encoding", ""):
            return Response(
                packed, media_type=asset.media_type, headers={**headers, "content-encoding": "br"}
            )
        return Response(plain, media_type=asset.media_type, headers=headers)

    return handle
