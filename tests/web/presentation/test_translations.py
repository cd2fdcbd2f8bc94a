"""Words of pages that are remembered: each request in its own language, as Flask-Babel itself says them."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, render_template_string, request
from flask_babel import Babel, gettext, lazy_gettext
from werkzeug.datastructures import MultiDict

from exchange.web.presentation.translations import PageBabel, page_locale

SWEDISH = {"City": "Stad", "%(name)s leads": "%(name)s leder", "Half, 50 %%": "Hälften, 50 %%"}
LAZY = lazy_gettext("City")
PAGE = (
    "{{ _('City') }}; {{ _('%(name)s leads', name=request.args.name) }}; {{ _('Half, 50 %%') }}; {{ lazy }};"
    " {{ gettext('City') }}; {% trans %}City{% endtrans %}; {{ said }}"
)


def _app(made_by: type[Babel], folder: Path) -> Flask:
    catalogue = Catalog(locale="sv")
    for english, swedish in SWEDISH.items():
        catalogue.add(english, swedish)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    file = folder / "sv/LC_MESSAGES/messages.mo"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(compiled.getvalue())
    app = Flask("words")
    made_by(
        app,
        locale_selector=lambda: request.args["language"],
        default_translation_directories=str(folder),
    )
    app.add_url_rule("/", view_func=_page)
    return app


def _page() -> str:
    return render_template_string(PAGE, lazy=LAZY, said=gettext("%(name)s leads", name="x"))


@pytest.mark.parametrize("name", ["Åsa", "<b>", "100 %(x)s"])
def test_each_request_is_in_its_own_language_however_often_it_comes(tmp_path: Path, name: str) -> None:
    ours, theirs = (_app(made_by, tmp_path).test_client() for made_by in (PageBabel, Babel))
    for language in ("sv", "en", "sv", "de", "en"):
        asked = MultiDict({"language": language, "name": name})
        page = ours.get("/", query_string=asked).text
        assert page == theirs.get("/", query_string=asked).text
        assert page.startswith("Stad" if language == "sv" else "City")


def test_language_is_that_of_babel_and_english_without_a_request(tmp_path: Path) -> None:
    app = _app(PageBabel, tmp_path)
    assert page_locale() == "en"
    with app.test_request_context("/?language=pt_BR"):
        assert page_locale() == "pt_BR"
