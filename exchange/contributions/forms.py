"""Forms of answers: from typed text to an AnswerDraft, and the few of coordinators. They save nothing."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from exchange.contributions.drafts import (
    LINKS_MAX,
    QUESTIONS_MAX,
    AnswerDraft,
)
from exchange.contributions.question_fields import fields_from, question_fields, typed_answers
from exchange.models import Ask, AskRow, Contribution, ExpertGroup, Person
from exchange.rules.asks.typed_values import TEXT_MAX
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan_file import QUESTION_MAX
from exchange.rules.typed_links import LINK_MAX
from exchange.web.presentation.base_form import BaseForm, some_text, stripped
from exchange.web.presentation.form_fields import CheckboxesField, addresses_in, named_field, reason_field

MARKINGS = {
    "": _("Choose a marking"),
    Marking.CLEAR: _("TLP:CLEAR – may be published"),
    Marking.GREEN: _("TLP:GREEN – everybody in the network who may know of this exchange"),
    Marking.AMBER: _("TLP:AMBER – cities and groups of this exchange"),
    Marking.AMBER_STRICT: _("TLP:AMBER+STRICT – only the groups you name"),
    Marking.RED: _("TLP:RED – only the people you name, for their eyes and ears alone"),
}


class AnswerForm(BaseForm):
    """What every answer has beside its questions; see form_for."""

    version = HiddenField(_("Version"))
    asked = HiddenField(_("Version of the questions"))
    practice_note = TextAreaField(_("Practice note"), filters=[stripped], validators=[some_text(TEXT_MAX)])
    links = TextAreaField(_("Links"), filters=[stripped], validators=[some_text(LINKS_MAX * (LINK_MAX + 2))])
    # Not validated against the choices: rules.markings says what is wrong with a marking.
    marking = SelectField(_("Marking"), validate_choice=False)
    groups = CheckboxesField(_("Groups that may open it"), coerce=int)
    named = named_field()
    files = MultipleFileField(_("Add files"))

    ask: Ask  # set by form_for
    rows: Sequence[AskRow]  # as above

    def offer(self, groups: Sequence[ExpertGroup]) -> None:
        """Put the groups that may be named into the form."""
        self.marking.choices = [SelectChoice(str(value), words) for value, words in MARKINGS.items()]
        self.groups.choices = [SelectChoice(group.id, group.name) for group in groups]

    def draft(self) -> AnswerDraft:
        """What was typed."""
        return AnswerDraft(
            version=self.opened_version,
            answers=typed_answers(self, self.ask.questions, self.rows),
            marking=self.ask.marking or self.marking.data or "",
            group_ids=frozenset(self.groups.data or ()),
            named=addresses_in(self.named),
            practice_note=self.practice_note.data or "",
            links=tuple(line.strip() for line in (self.links.data or "").splitlines() if line.strip()),
        )

    @property
    def opened_version(self) -> int:
        """The version the sender saw; -1, which no answer has, when it was taken out or spoilt."""
        data = self.version.data or ""
        return int(data) if data.isascii() and data.isdigit() and len(data) < 10 else -1


def form_for(ask: Ask, rows: Sequence[AskRow]) -> type[AnswerForm]:
    """The form with one field per question, or per row of it that its reader is asked about."""
    fields = question_fields(ask.questions, rows)
    return type("QuestionsForm", (AnswerForm,), {**fields, "ask": ask, "rows": rows})


def typed_from(contribution: Contribution | None, ask: Ask) -> dict[str, object]:
    """What a saved answer puts into the form; an empty form before the first save."""
    if contribution is None:
        return {"version": "0"}
    return {
        "version": str(contribution.version),
        "practice_note": contribution.practice_note,
        "links": "\n".join(contribution.links),
        "marking": contribution.marking,
        "groups": [group.id for group in contribution.groups],
        **fields_from(contribution.answers, ask.questions, ask.rows),
    }


class DeputyForm(BaseForm):
    """To whom a task is handed."""

    person = RadioField(
        _("Your deputy"), coerce=int, validators=[InputRequired(_("Choose who answers in your place."))]
    )

    def offer(self, people: Sequence[Person]) -> None:
        """Put the people into the form."""
        self.person.choices = [
            SelectChoice(person.id, f"{person.name}, {person.city.name}") for person in people
        ]


class ExtensionForm(BaseForm):
    """Until when answers are taken."""

    last_on = DateField(_("Last day"), validators=[InputRequired(_("Give the date as day, month and year."))])
    reason = reason_field()


class QuestionsForm(BaseForm):
    """The questions of one ask, one a line."""

    version = HiddenField(_("Version"))
    questions = TextAreaField(
        _("Questions"),
        filters=[stripped],
        validators=[
            InputRequired(_("Write at least one question.")),
            some_text(QUESTIONS_MAX * (QUESTION_MAX + 2)),
        ],
    )

    @property
    def lines(self) -> list[str]:
        """The questions, in order."""
        return [line.strip() for line in (self.questions.data or "").splitlines() if line.strip()]
