"""Turns a page into bytes: one Jinja environment a language, everything compiled once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined, Template
from jinja2.bccache import Bucket

from web.board_rows import BoardRows
from web.template_functions import TemplateFunctions, rendering_for
from web.translations import translations
from web.typesetting import typeset
from web.visit import Language, Page, Visit

LANGUAGES: tuple[Language, ...] = ("fr", "en")


class Renderer:
    """Built once. Rendering the same page for the same visit gives the same bytes."""

    def __init__(self) -> None:
        self._environments = {language: _environment(language) for language in LANGUAGES}

    def render(self, visit: Visit, page: Page, stale_since: datetime | None = None) -> bytes:
        """The whole page, or its fragment when htmx asked for the part that changes."""
        name = page.fragment if visit.fragment and page.fragment else page.template
        template = self._environments[visit.language].get_template(name)
        shared = {"visit": visit, "exercise": False, "stale_since": stale_since}
        with rendering_for(visit):
            return _bytes(template, shared | page.context)

    def render_error(
        self,
        language: Language,
        status: int,
        title: str,
        sentences: Sequence[str],
        **context: Any,
    ) -> bytes:
        """An error page: there may be no visit at all, as when the database is down."""
        template = self._environments[language].get_template("error.html")
        shared = {"visit": None, "exercise": False, "stale_since": None}
        own = {
            "status": status,
            "title": typeset(title, language),
            "sentences": [typeset(each, language) for each in sentences],
        }
        with rendering_for(None):
            return _bytes(template, shared | own | context)


def _bytes(template: Template, context: dict[str, Any]) -> bytes:
    return template.render(context).encode()


class _Bytecode(BytecodeCache):
    """Compiled templates, kept in memory: the second language needs no compiling."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_bytecode = _Bytecode()


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("web", "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        # Templates are part of the program: no look at the disk for each page.
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_bytecode,
        extensions=["jinja2.ext.i18n"],
    )
    # A method that the extension adds to every environment, which its type does not know.
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    functions = TemplateFunctions(language)
    environment.globals |= functions.functions()
    environment.filters |= functions.filters()
    environment.globals["board_rows"] = BoardRows(environment, functions).write
    # A template that does not compile stops the start, and the first reader waits for none.
    for name in environment.list_templates():
        environment.get_template(name)
    return environment
