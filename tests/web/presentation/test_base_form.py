"""What all forms share: text fit for headers and feeds, errors at their field."""

import pytest
from flask import Flask
from wtforms import StringField, TextAreaField

from exchange.accounts.forms import local_path
from exchange.errors import InvalidInput
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped
from exchange.web.presentation.form_controls import anchor_of, control_attributes, shape_of


class NoteForm(BaseForm):
    title = StringField("Title", filters=[stripped], validators=[one_line()])
    text = TextAreaField("Text", filters=[stripped], validators=[some_text()])


def filled(paper_app: Flask, **typed: str) -> NoteForm:
    with paper_app.test_request_context("/", method="POST", data=typed):
        form = NoteForm()
        form.validate()
        return form


@pytest.mark.parametrize(
    "title",
    ["Sommarövning 日本 🎈", "x" * 200, "  space around  ", "", "a – b’s “c”"],
)
def test_ordinary_titles_pass(title: str, paper_app: Flask) -> None:
    assert filled(paper_app, title=title).title.errors == []


@pytest.mark.parametrize(
    "title",
    [
        "two\nlines",
        "a\r\nBcc: someone@example.org",
        "a\tb",
        "bell\x07",
        "a\u2028b",
        "a\u2029b",
        "a\x85b",
        "null\x00byte",
    ],
)
def test_titles_that_could_break_a_header_or_a_feed_are_refused(title: str, paper_app: Flask) -> None:
    assert len(filled(paper_app, title=title).title.errors) == 1


def test_title_of_ten_thousand_characters_is_refused_with_both_numbers_and_kept(paper_app: Flask) -> None:
    form = filled(paper_app, title="x" * 10_000)
    assert list(form.title.errors) == ["This is 10,000 characters long; at most 200 fit."]
    assert len(form.title.data) == 10_000


def test_descriptions_keep_their_lines_and_lose_nothing_else(paper_app: Flask) -> None:
    assert filled(paper_app, text="one\r\ntwo\n\tthree").text.errors == []
    assert len(filled(paper_app, text="bell\x07").text.errors) == 1


def test_refusal_of_a_rule_stands_at_its_field_and_else_over_the_form(paper_app: Flask) -> None:
    form = filled(paper_app, title="a")
    with paper_app.test_request_context():
        form.add_error(InvalidInput("%(word)s is taken.", field="title", word="a"))
        form.add_error(InvalidInput("Too late."))
        form.add_error(InvalidInput("Elsewhere.", field="not_here"))
    assert list(form.title.errors) == ["a is taken."]
    assert form.form_errors == ["Too late.", "Elsewhere."]


def test_control_tells_its_help_and_its_error(paper_app: Flask) -> None:
    field = filled(paper_app, title="two\nlines").title
    assert (shape_of(field), anchor_of(field)) == ("control", "title")
    assert control_attributes(field, True, "short", {"data_x": "1"}) == {
        "data-x": "1",
        "aria-invalid": "true",
        "aria-describedby": "title-help title-error",
        "class": "size-short",
    }
    assert control_attributes(filled(paper_app, title="a").title, False, None, {}) == {}


@pytest.mark.parametrize("path", ["/", "/cycles/3", "/cycles?year=2027", "/network/cities/malmö"])
def test_paths_within_the_product_are_followed(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "cycles",
        "https://example.com",
        "//example.com/x",
        "/\\example.com",
        "\\\\example.com",
        "/\t/example.com",
        "/a\r\nSet-Cookie: x",
        "javascript:alert(1)",
        "/" + "a" * 600,
    ],
)
def test_paths_that_lead_elsewhere_lead_home(path: str | None) -> None:
    assert local_path(path) == "/"
