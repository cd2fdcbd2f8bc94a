"""Forms of findings and of how far cities are: from typed text to drafts. They save nothing."""

from textwrap import shorten

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from exchange.follow_up.progress import ProgressDraft
from exchange.lessons.drafts import LessonDraft
from exchange.lessons.queries import OF_CYCLE, OF_PRODUCT, OF_TRAINING, OUTSIDE, Filters, Origins
from exchange.lessons.words import HEADWAY, KINDS, LESSON_STATES, MARKINGS
from exchange.models import (
    Headway,
    Lesson,
    LessonKind,
    LessonProgress,
    LessonState,
    Phase,
    ProductRecommendation,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped
from exchange.web.presentation.form_fields import (
    LINK_MAX,
    VersionedForm,
    addresses_in,
    choices,
    date_field,
    named_field,
    reason_field,
)
from exchange.web.presentation.paging import asked_search
from exchange.web.presentation.words import PHASES

NOTE_MAX = 1_000  # characters: where a city is, in a few sentences
_TITLE_MOST = 120  # characters of a recommendation that make a title
NUMBER_MAX = 20  # characters of a number in a document, like "R3"
SOURCES = {
    OF_CYCLE: _l("An exchange"),
    OF_TRAINING: _l("A training event"),
    OF_PRODUCT: _l("A product"),
    OUTSIDE: _l("Another document"),
}


class LessonForm(VersionedForm):
    """One finding: what was learned, where it comes from, and who may know of it."""

    kind = SelectField(
        _l("Kind"),
        choices=choices(KINDS.items()),
        default=LessonKind.LESSON.value,
        validators=[InputRequired()],
    )
    title = StringField(
        _l("Title"), filters=[stripped], validators=[InputRequired(_l("Give it a title.")), one_line()]
    )
    text = TextAreaField(
        _l("What was found"),
        filters=[stripped],
        validators=[InputRequired(_l("Say what was found, in some sentences.")), some_text()],
    )
    theme_id = SelectField(_l("Theme"), coerce=int, default=0)
    phase = SelectField(_l("Phase"), default="")
    cycle_id = SelectField(_l("Exchange"), coerce=int, default=0)
    training_id = SelectField(_l("Training event"), coerce=int, default=0)
    product_id = SelectField(_l("Product of the library"), coerce=int, default=0)
    source = StringField(_l("Document"), filters=[stripped], validators=[one_line()])
    source_number = StringField(_l("Number in it"), filters=[stripped], validators=[one_line(NUMBER_MAX)])
    source_link = StringField(_l("Link to it"), filters=[stripped], validators=[one_line(LINK_MAX)])
    marking = SelectField(
        _l("Marking"),
        choices=choices(MARKINGS.items()),
        default=Marking.AMBER.value,
        validators=[InputRequired()],
    )
    named = named_field()
    reason = reason_field()

    def offer(self, origins: Origins) -> None:
        """Fill the lists to choose from."""
        self.theme_id.choices = choices([(0, _("No theme")), *origins.themes])
        self.phase.choices = choices([("", _("Not said")), *PHASES.items()])
        self.cycle_id.choices = choices([(0, _("None")), *origins.cycles])
        self.training_id.choices = choices([(0, _("None")), *origins.trainings])
        self.product_id.choices = choices([(0, _("None")), *origins.products])

    def draft(self) -> LessonDraft:
        """What was typed; call it after the form has validated."""
        return LessonDraft(
            kind=LessonKind(self.kind.data),
            title=self.title.data,
            text=self.text.data,
            marking=Marking(self.marking.data),
            theme_id=self.theme_id.data or None,
            phase=Phase(self.phase.data) if self.phase.data else None,
            cycle_id=self.cycle_id.data or None,
            training_id=self.training_id.data or None,
            product_id=self.product_id.data or None,
            source=self.source.data,
            source_number=self.source_number.data,
            source_link=self.source_link.data,
            named=addresses_in(self.named),
        )


class DecideForm(VersionedForm):
    """The next step of a lesson; a rejection needs a reason."""

    state = SelectField(_l("What becomes of it"), validators=[InputRequired()])
    reason = reason_field()

    def offer(self, states: tuple[LessonState, ...]) -> None:
        """Fill the list with the steps that are open."""
        self.state.choices = choices((one.value, LESSON_STATES[one][0]) for one in states)


class ProgressForm(VersionedForm):
    """How far a city is with a finding."""

    state = SelectField(
        _l("How far"),
        choices=choices((key, words[0]) for key, words in HEADWAY.items()),
        validators=[InputRequired()],
    )
    note = TextAreaField(_l("Note"), filters=[stripped], validators=[some_text(NOTE_MAX)])
    evidence = StringField(_l("Link to what shows it"), filters=[stripped], validators=[one_line(LINK_MAX)])
    review_on = date_field(_l("Look again on"), is_needed=False)

    def draft(self) -> ProgressDraft:
        """What was typed; call it after the form has validated."""
        return ProgressDraft(
            Headway(self.state.data), self.note.data, self.evidence.data, self.review_on.data
        )


class AskCitiesForm(BaseForm):
    """Until when cities are asked how far they are."""

    closes_on = date_field(_l("Last day"))


def typed_lesson(lesson: Lesson, named: str) -> dict[str, object]:
    """What the form shows of a saved finding, with the addresses of who is named on it."""
    same = ("kind", "title", "text", "phase", "source", "source_number", "source_link", "marking", "version")
    ids = {name: getattr(lesson, name) or 0 for name in ("theme_id", "cycle_id", "training_id", "product_id")}
    return {name: getattr(lesson, name) for name in same} | ids | {"named": named}


def typed_from_recommendation(found: ProductRecommendation) -> dict[str, object]:
    """What the form of a new finding shows of a recommendation, whose marking is the product's."""
    return {
        "kind": LessonKind.RECOMMENDATION.value,
        "title": shorten(found.text, _TITLE_MOST, placeholder=" …"),
        "text": found.text,
        "theme_id": found.theme_id or 0,
        "phase": found.phase or "",
        "product_id": found.product_id,
        "source_number": str(found.number),
        "marking": found.product.published_marking or Marking.AMBER.value,
    }


def typed_progress(row: LessonProgress | None) -> dict[str, object]:
    """What the form shows of what a city said last."""
    if row is None:
        return {"version": 0, "state": Headway.NOT_STARTED.value}
    return {name: getattr(row, name) for name in ("version", "state", "note", "evidence", "review_on")}


def asked_filters() -> Filters:
    """The filters in the address; anything that is none of the words shows all."""
    theme = request.args.get("theme", "")
    return Filters(
        kind=_word("kind", KINDS),
        theme_id=int(theme) if theme.isascii() and theme.isdigit() and len(theme) < 10 else None,
        phase=_word("phase", PHASES),
        state=_word("state", LESSON_STATES),
        source=_word("source", SOURCES),
        search=asked_search(),
    )


def _word(name: str, words: object) -> str:
    asked = request.args.get(name, "")
    return asked if isinstance(words, dict) and asked in words else ""
