"""Errors in the house style: what happened, why, what to do, in the reader's language."""

import logging
from collections.abc import Callable
from typing import Any

import psycopg
from eventsourcing.persistence import PersistenceError
from litestar import Request, Response
from litestar.exceptions import HTTPException
from psycopg_pool import PoolTimeout

from domain.refusals import RecordChangedMeanwhile, Refusal
from web import error_words
from web.error_words import Explanation
from web.public_pages import BoardBehind
from web.rendering import Renderer
from web.visit import Language, NotInRecord, QueryRefused

RETRY_SECONDS = 5

_DATABASE_DOWN = (
    BoardBehind,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    PoolTimeout,
    PersistenceError,
)

log = logging.getLogger(__name__)

AnyRequest = Request[Any, Any, Any]


def language_of(path: str) -> Language:
    return "en" if path == "/en" or path.startswith("/en/") else "fr"


def error_handlers(
    renderer: Renderer,
) -> dict[int | type[Exception], Callable[[AnyRequest, Any], Response[Any]]]:
    """One handler for every way a request can fail. None shows a trace or an internal name."""

    def respond(
        request: AnyRequest,
        status: int,
        explain: Callable[[Language], Explanation],
        **more: str,
    ) -> Response[bytes]:
        language = language_of(request.scope["path"])
        title, sentences = explain(language)
        headers = {"cache-control": "no-store", "content-language": language, **more}
        if status == 503:
            headers["retry-after"] = str(RETRY_SECONDS)
        return Response(
            renderer.render_error(language, status, title, sentences),
            status_code=status,
            media_type="text/html",
            headers=headers,
        )

    def not_in_record(request: AnyRequest, error: NotInRecord) -> Response[bytes]:
        return respond(request, 404, lambda lang: error_words.not_in_record(lang, error))

    def query_refused(request: AnyRequest, error: QueryRefused) -> Response[bytes]:
        return respond(request, 422, lambda lang: error_words.query_refused(lang, error))

    def refused(request: AnyRequest, error: Refusal) -> Response[bytes]:
        status = 409 if isinstance(error, RecordChangedMeanwhile) else 422
        return respond(request, status, lambda lang: error_words.refused(lang, error))

    def http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
        status = error.status_code
        # RFC 9110, 15.5.6; every address there is can be read and nothing else.
        more = {"allow": "GET, HEAD"} if status == 405 else {}
        return respond(request, status, lambda lang: error_words.by_status(lang, status), **more)

    def database_down(request: AnyRequest, error: Exception) -> Response[bytes]:
        log.warning("The database does not answer: %s", type(error).__name__)
        return respond(request, 503, lambda lang: error_words.by_status(lang, 503))

    def unexpected(request: AnyRequest, error: Exception) -> Response[bytes]:
        log.error("A request failed: %s", request.scope["path"], exc_info=error)
        return respond(request, 500, lambda lang: error_words.by_status(lang, 500))

    return {
        NotInRecord: not_in_record,
        QueryRefused: query_refused,
        Refusal: refused,
        HTTPException: http,
        **dict.fromkeys(_DATABASE_DOWN, database_down),
        Exception: unexpected,
    }
