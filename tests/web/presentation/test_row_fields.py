"""Rows of a form: which names are rows, and where each of them stands."""

import pytest
from flask import Flask
from wtforms import IntegerField, StringField
from wtforms.validators import Optional

from exchange.web.presentation.base_form import BaseForm, stripped
from exchange.web.presentation.row_fields import PlacesField, RowsField


class ListForm(BaseForm):
    rows = RowsField(StringField("Row", filters=[stripped]), min_entries=1, max_entries=3)
    places = PlacesField(StringField("Place", filters=[stripped]))
    weeks = PlacesField(IntegerField("Weeks", validators=[Optional()]))


def sent(paper_app: Flask, typed: dict[str, str], *, count: int = 2) -> ListForm:
    """The form of a saved list of two places, after it was validated."""
    with paper_app.test_request_context("/", method="POST", data={"a": "b"} | typed):
        form = ListForm(data={"places": ["First", "Second"], "weeks": [1, 2]})
        form.places.fill(count, unsent=form.places.object_data)
        form.weeks.fill(count)
        form.validate()
        return form


@pytest.mark.parametrize(
    "number", ["²", "٣", "９", "9" * 5000, "1000", "-1", "+1", "01", " 1", "1\n", "1x", ""]
)
def test_a_name_without_a_plain_number_is_no_row(number: str, paper_app: Flask) -> None:
    form = sent(paper_app, {f"rows-{number}": "Typed", f"places-{number}": "Typed", f"weeks-{number}-x": "1"})
    assert form.errors == {}
    assert (form.rows.data, form.places.data) == ([""], ["First", "Second"])


def test_rows_are_closed_up_and_too_many_are_refused(paper_app: Flask) -> None:
    assert sent(paper_app, {"rows-7": "b", "rows-2": "a"}).rows.data == ["a", "b"]
    form = sent(paper_app, {f"rows-{number}": "x" for number in range(4)})
    assert form.rows.errors == ["At most 3 rows fit here, and 4 were sent."]


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ({"places-0": "A", "places-1": "B"}, ["A", "B"]),
        ({"places-1": "B"}, ["First", "B"]),
        ({"places-0": ""}, ["", "Second"]),
        ({}, ["First", "Second"]),
        ({"places-0": "A", "places-2": " "}, ["A", "Second"]),
    ],
)
def test_what_is_sent_stays_at_the_place_it_names(
    typed: dict[str, str], held: list[str], paper_app: Flask
) -> None:
    form = sent(paper_app, typed)
    assert (form.places.data, form.errors) == (held, {})
    assert [entry.name for entry in form.places] == ["places-0", "places-1"]


def test_a_place_without_anything_saved_is_empty(paper_app: Flask) -> None:
    assert sent(paper_app, {"weeks-1": "3"}).weeks.data == [None, 3]


def test_what_is_typed_for_a_place_that_is_not_there_is_kept_and_refused(paper_app: Flask) -> None:
    form = sent(paper_app, {"places-0": "A", "places-999": "Lost"})
    assert form.places.data == ["A", "Second", "Lost"]
    assert form.places.errors == [
        "There are places for 2, and more was sent: move what you wrote beyond them, or empty it."
    ]
