"""A page that shows every part of templates/macros in every state: for the checks, not in the product."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

from flask import Blueprint, render_template_string
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from exchange.errors import InvalidInput
from exchange.rules.findings.finding_types import Finding, Severity
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.access.permissions import public
from exchange.web.presentation.base_form import BaseForm

CITIES = [
    SelectChoice(value, label)
    for value, label in (("1", "Stockholm"), ("2", "London"), ("3", "Washington DC"), ("4", "Sydney"))
]
MODES = [SelectChoice("a", "In person"), SelectChoice("b", "Virtual")]

gallery = Blueprint("gallery", __name__)

PAGE = (Path(__file__).parent / "gallery.html").read_text(encoding="utf-8")


class GalleryForm(BaseForm):
    title = StringField("Title", validators=[InputRequired("Write a title.")])
    description = TextAreaField("What it is about")
    on = DateField("Date", validators=[InputRequired("Choose a date.")])
    at = TimeField("Time", validators=[InputRequired("Choose a time.")])
    city = SelectField("City", choices=CITIES, validators=[InputRequired()])
    mode = RadioField("Mode", choices=MODES, validators=[InputRequired()])
    cities = SelectMultipleField(
        "Contributing cities",
        choices=CITIES,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    chatham = BooleanField("Under the Chatham House Rule")
    hidden = HiddenField()


@gallery.get("/gallery")
@public
def show() -> str:
    form = GalleryForm()
    form.validate()
    form.add_error(InvalidInput("Two cities cannot both lead."))
    on = date(2027, 2, 11)
    return render_template_string(
        PAGE,
        form=form,
        markings=list(Marking),
        at=datetime(2027, 2, 11, 14, tzinfo=UTC),
        on=on,
        cities=[
            SimpleNamespace(name="Stockholm", time_zone="Europe/Stockholm"),
            SimpleNamespace(name="London", time_zone="Europe/London"),
            SimpleNamespace(city="Washington DC", time_zone="America/New_York"),
        ],
        found=[
            Finding(
                Severity.BLOCK, "a", "%(day)s is a public holiday in %(city)s.", {"day": on, "city": "London"}
            ),
            Finding(Severity.WARN, "b", "%(day)s is a squeeze day in Stockholm.", {"day": on}),
            Finding(Severity.INFORM, "c", "Stockholm is 5 hours ahead of Washington, usually 6.", {}),
        ],
    )
