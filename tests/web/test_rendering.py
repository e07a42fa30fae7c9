"""What every page owes to the way it is written: languages, links, escaping, security policy."""

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import Environment

from domain.values import Status, Wording
from tests.web.hand_built import Shown, declared, due, row, visit
from web import assets
from web.pages import board
from web.rendering import Renderer
from web.template_functions import TemplateFunctions, rendering_for
from web.translations import english
from web.typesetting import NARROW
from web.visit import Page, Visit

TEMPLATES = Path("web/templates")


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    Shown(row()).use(monkeypatch)
    return board.show(visit())


def shown(renderer: Renderer, visit: Visit) -> str:
    return renderer.render(visit, board.show(visit)).decode()


# Languages


def messages() -> list[tuple[str, str | tuple[str, ...]]]:
    found = extract_from_dir(
        TEMPLATES,
        method_map=[("**.html", "jinja2")],
        options_map={"**.html": {"silent": "false"}},
        keywords={"_": None, "ngettext": (1, 2)},
    )
    return [(file, message) for file, _, message, _, _ in found]


def test_every_message_has_its_english() -> None:
    known = english()
    missing = []
    for file, message in messages():
        found = known.get(message if isinstance(message, str) else message[0])
        strings = () if found is None else found.string
        forms = (strings,) if isinstance(strings, str) else tuple(strings or ())
        # A message that is also one form of a plural has the English of that form.
        if len(forms) < (1 if isinstance(message, str) else 2) or not all(forms):
            missing.append((file, message))
    assert not missing


def test_a_message_has_no_other_variables_in_english() -> None:
    def variables(*texts: str) -> set[str]:
        return {name for text in texts for name in re.findall(r"%\((\w+)\)s", text)}

    for message in english():
        if message.id:
            source = (message.id,) if isinstance(message.id, str) else message.id
            target = (message.string,) if isinstance(message.string, str) else message.string or ()
            assert variables(*source) == variables(*target), message.id


def test_a_page_says_its_language_and_leads_to_the_other(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    Shown(row()).use(monkeypatch)
    asked = {"framework": "keleya", "q": "fichier & co"}
    french = shown(renderer, visit("fr", asked, as_of=date(2026, 7, 1)))
    assert '<html lang="fr">' in french
    there = "/en/?asof=2026-07-01&amp;framework=keleya&amp;q=fichier+%26+co"
    assert f'id="language" rel="alternate" lang="en" hreflang="en" href="{there}"' in french
    english_page = shown(renderer, visit("en", asked))
    assert '<html lang="en">' in english_page
    assert 'href="/?framework=keleya&amp;q=fichier+%26+co"' in english_page
    assert "Record of electoral commitments" in english_page


def test_french_messages_are_typeset() -> None:
    functions = TemplateFunctions("fr")
    assert functions.typeset("L'AIGE déclare ; qui ?") == f"L’AIGE déclare{NARROW}; qui{NARROW}?"


def test_a_text_in_the_other_language_says_so() -> None:
    english_only = Wording(en="Publish the register")
    assert TemplateFunctions("fr").wording(english_only) == (
        '<span lang="en">Publish the register</span>'
    )
    assert TemplateFunctions("en").wording(english_only) == "Publish the register"
    assert TemplateFunctions("fr").wording(Wording(en="<b>A & B</b>")) == (
        '<span lang="en">&lt;b&gt;A &amp; B&lt;/b&gt;</span>'
    )


# Safety


def test_what_people_typed_is_never_markup(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = '<script>alert("1")</script>'
    Shown(row(statement=Wording(fr=evil))).use(monkeypatch)
    html = shown(renderer, visit(query={"q": evil}))
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert") >= 3  # the row, the field, the filter
    assert TemplateFunctions("fr").paragraphs("<i>Un</i>\nl'autre") == (
        "<p>&lt;i&gt;Un&lt;/i&gt;</p><p>l’autre</p>"
    )


def test_templates_keep_to_the_security_policy() -> None:
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text()
        assert not re.search(r"\sstyle=|\son\w+=|hx-on|javascript:|<style|\|\s*safe\b", text), (
            template
        )
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), template
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text), template


# Pages


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]


def test_an_id_is_given_once(renderer: Renderer, page: Page) -> None:
    parser = _Ids()
    parser.feed(renderer.render(visit(), page).decode())
    assert len(parser.ids) == len(set(parser.ids))


def test_a_fragment_is_what_changes_and_the_addresses_that_follow_it(
    renderer: Renderer, page: Page
) -> None:
    html = renderer.render(visit(query={"q": "fichier"}, fragment=True), page).decode()
    assert html.lstrip().startswith('<div id="board"')
    assert "<html" not in html
    assert 'id="language"' in html
    assert html.count('hx-swap-oob="true"') == 2
    assert '<figure id="trend" hx-morph-skip></figure>' in html
    assert "hx-swap-oob" not in renderer.render(visit(), page).decode()


def test_a_past_day_is_announced_and_carried_by_every_link(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    Shown(row()).use(monkeypatch)
    html = shown(renderer, visit(query={"framework": "keleya"}, as_of=date(2026, 7, 1)))
    assert "tel qu’il était à la fin du <strong>1er juillet 2026</strong>" in html
    assert '<a href="/?framework=keleya">Revenir à aujourd’hui</a>' in html
    addresses = re.findall(r'(?:href|hx-get)="(/[^"#]*)"', html)
    kept = [each for each in addresses if not each.startswith("/static/")]
    without = [each for each in kept if "asof=2026-07-01" not in each]
    assert set(without) == {"/?framework=keleya", "/"}  # back to today; where the form leads


def test_banners_are_there_when_they_are_due(renderer: Renderer, page: Page) -> None:
    assert "n’est plus à jour" not in renderer.render(visit(), page).decode()
    since = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    html = renderer.render(visit(), page, since).decode()
    assert "n’est plus à jour depuis le 23 novembre 2026 à 08\u00a0h\u00a030 UTC" in html
    page.context["exercise"] = True
    assert "Données d’exercice." in renderer.render(visit(), page).decode()


def test_an_error_page_needs_no_visit(renderer: Renderer) -> None:
    html = renderer.render_error("fr", 503, "Le registre ne répond pas", ["Réessayez : vite !"])
    assert f"Réessayez\u00a0: vite{NARROW}!" in html.decode()
    assert 'href="/en/"' in html.decode()
    assert b'<html lang="en">' in renderer.render_error("en", 404, "Nothing here", ["Go back."])


# Rows


def test_a_row_is_written_once_for_each_position_and_day(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = date(2026, 11, 24)
    late = row(9, position=300, due=due(date(2026, 11, 22)), evidence=())
    Shown(late).use(monkeypatch)
    assert "dépassée de 1 jour<" in shown(renderer, visit())
    assert "dépassée de 1 jour<" in shown(renderer, visit())
    assert "dépassée de 2 jours<" in shown(renderer, visit(day=tomorrow))
    moved = row(9, position=301, declared=declared(Status.in_progress))
    Shown(moved).use(monkeypatch)
    assert "dépassée de" not in shown(renderer, visit())


def test_an_organisation_registered_later_is_named_as_such(renderer: Renderer) -> None:
    nobody = visit()
    nobody.directory.stakeholders.clear()
    with rendering_for(nobody):
        functions = TemplateFunctions("fr")
        assert functions.short_name(row().commitment.owners[0]) == (
            "organisation pas encore enregistrée"
        )


# Static files


def test_an_asset_is_named_by_its_content() -> None:
    for asset in assets.every_asset():
        assert re.fullmatch(r"/static/[\w.]+\.[0-9a-f]{8}\.\w+", asset.path)
        assert asset.path == assets.asset_path(asset.name)
    css = next(asset for asset in assets.every_asset() if asset.name == "board.css")
    assert b"/*" not in css.body
    assert css.body.count(b"{") == css.body.count(b"}")


def test_htmx_is_the_file_its_note_names() -> None:
    from base64 import b64encode
    from hashlib import sha384

    script = next(asset for asset in assets.every_asset() if asset.name == "htmx.js")
    digest = b64encode(sha384(script.body).digest()).decode()
    assert f"sha384-{digest}" in Path("web/static/htmx.LICENSE.txt").read_text()


def test_templates_are_compiled_once_for_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    Renderer()

    def compile_again(*_: object, **__: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(Environment, "compile", compile_again)
    Renderer()
