"""The messages of the templates. Their sources are French; English stands in web/locale/en."""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from web import typesetting
from web.visit import Language


class _French(NullTranslations):
    """Translating a French source into French only sets its type."""

    def __init__(self) -> None:
        super().__init__()
        self._typeset: dict[str, str] = {}

    def gettext(self, message: str) -> str:
        found = self._typeset.get(message)
        if found is None:
            found = self._typeset[message] = typesetting.typeset(message, "fr")
        return found

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        # In French zero is singular.
        return self.gettext(singular if n < 2 else plural)


@cache
def translations(language: Language) -> NullTranslations:
    if language == "fr":
        return _French()
    compiled = io.BytesIO()
    write_mo(compiled, english())
    compiled.seek(0)
    return GNUTranslations(compiled)


def english() -> Catalog:
    """The English of every message, typeset, from every .po file in the order of names."""
    merged = Catalog(locale="en")
    folder = files("web") / "locale" / "en" / "LC_MESSAGES"
    for source in sorted(folder.iterdir(), key=lambda each: each.name):
        if not source.name.endswith(".po"):
            continue
        with source.open("rb") as stream:
            for message in read_po(stream, locale="en", abort_invalid=True):
                if message.id and message.string and not message.fuzzy:
                    merged.add(message.id, _typeset(message.string))
    return merged


def _typeset(string: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    if isinstance(string, str):
        return typesetting.typeset(string, "en")
    return tuple(typesetting.typeset(each, "en") for each in string)
