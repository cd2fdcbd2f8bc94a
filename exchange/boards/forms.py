"""Forms of meetings of boards and of decisions: from typed text to drafts. They save nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from exchange.boards.drafts import (
    BLANK_PAPERS,
    PAPERS_MOST,
    RECORD_MAX,
    REFERENCE_MAX,
    TEXT_MAX,
    DecisionDraft,
    MeetingDraft,
    MinutesDraft,
    PaperDraft,
)
from exchange.boards.words import PUBLICATION_STATUSES
from exchange.models import BoardDecision, BoardMeeting, PublicationStatus, TrainingMode
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import is_known_zone
from exchange.web.presentation.base_form import one_line, some_text, stripped
from exchange.web.presentation.form_fields import (
    LINK_MAX,
    CheckboxesField,
    VersionedForm,
    addresses_in,
    choices,
    clock_field,
    date_field,
    given,
    link_field,
    minutes_field,
    named_field,
    reason_field,
    zone_field,
)
from exchange.web.presentation.row_fields import RowsField
from exchange.web.presentation.words import MARKINGS, TEXT_MARKINGS, TRAINING_MODES

Offered = Iterable[tuple[int, str]]


def _marking_field(words: Mapping[Marking, str] = TEXT_MARKINGS) -> SelectField:
    return SelectField(
        _l("Marking"),
        choices=choices(words.items()),
        default=Marking.AMBER_STRICT.value,
        validators=[InputRequired()],
    )


class MeetingForm(VersionedForm):
    """When and where a board meets, and what about."""

    title = StringField(
        _l("Title"),
        filters=[stripped],
        validators=[InputRequired(_l("Give the meeting a title.")), one_line()],
    )
    on = date_field(_l("Date"))
    at = clock_field()
    minutes = minutes_field()
    time_zone = zone_field(_l("Time zone"))
    mode = SelectField(_l("Mode"), choices=choices(TRAINING_MODES.items()), validators=[InputRequired()])
    place = StringField(_l("Place"), filters=[stripped], validators=[one_line()])
    join_link = link_field()
    agenda = TextAreaField(_l("Agenda"), filters=[stripped], validators=[some_text(TEXT_MAX)])
    marking = _marking_field(MARKINGS)
    named = named_field()
    reason = reason_field()

    def validate_time_zone(self, field: StringField) -> None:
        """Only a zone of the zone data."""
        if not is_known_zone(field.data or ""):
            raise ValidationError(
                _(
                    "%(zone)s is not a known time zone. Write it like Europe/Stockholm.",
                    zone=(field.data or "")[:60],
                )
            )

    def draft(self) -> MeetingDraft:
        """What was typed; call it after the form has validated."""
        return MeetingDraft(
            title=self.title.data,
            mode=TrainingMode(self.mode.data),
            on_local=given(self.on.data),
            starts_local=given(self.at.data),
            time_zone=self.time_zone.data,
            minutes=given(self.minutes.data),
            marking=Marking(self.marking.data),
            place=self.place.data,
            join_link=self.join_link.data,
            agenda=self.agenda.data,
            named=addresses_in(self.named),
        )


class PaperFields(Form):
    """One paper among several: a link, or a product that is out."""

    label = StringField(_l("What it is"), filters=[stripped], validators=[one_line()])
    url = StringField(_l("Link"), filters=[stripped], validators=[one_line(LINK_MAX)])
    product_id = SelectField(_l("Product of the library"), coerce=int, default=0)
    marking = SelectField(_l("Marking"), choices=choices((one.value, one.value) for one in Marking))


class PapersForm(VersionedForm):
    """What there is to read for a meeting."""

    papers = RowsField(FormField(PaperFields), max_entries=PAPERS_MOST)

    def offer(self, products: Offered) -> None:
        """Fill the lists of products."""
        offered = choices([(0, _("None")), *products])
        for entry in self.papers:
            entry.form.product_id.choices = offered

    def drafts(self) -> list[PaperDraft]:
        """The rows, empty ones among them."""
        return [
            PaperDraft(one.label.data, one.url.data, one.product_id.data or None, one.marking.data or "")
            for one in (entry.form for entry in self.papers)
        ]


class MinutesForm(VersionedForm):
    """The minutes of a meeting."""

    text = TextAreaField(
        _l("Minutes"),
        filters=[stripped],
        validators=[InputRequired(_l("Write the minutes.")), some_text(RECORD_MAX)],
    )
    marking = _marking_field()
    approved_on = date_field(_l("Approved on"), is_needed=False)
    reason = reason_field()

    def draft(self) -> MinutesDraft:
        """What was typed; call it after the form has validated."""
        return MinutesDraft(self.text.data, Marking(self.marking.data), self.approved_on.data)


class DecisionForm(VersionedForm):
    """A decision, with the reference by which others name it."""

    reference = StringField(
        _l("Reference"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Give the reference by which others name it, like ADD2634.")),
            one_line(REFERENCE_MAX),
        ],
    )
    title = StringField(
        _l("What was decided, in a line"),
        filters=[stripped],
        validators=[InputRequired(_l("Say in a line what was decided.")), one_line()],
    )
    decided_on = date_field(_l("Decided on"))
    board_id = SelectField(_l("Board"), coerce=int, validators=[InputRequired()])
    meeting_id = SelectField(_l("Meeting"), coerce=int, default=0)
    text = TextAreaField(_l("Text"), filters=[stripped], validators=[some_text(TEXT_MAX)])
    themes = CheckboxesField(_l("Themes"), coerce=int)
    signed_on = date_field(_l("Signed on"), is_needed=False)
    published_on = date_field(_l("Published on"), is_needed=False)
    publication_status = SelectField(
        _l("Publication status"),
        choices=choices(PUBLICATION_STATUSES.items()),
        default=PublicationStatus.NOT.value,
        validators=[InputRequired()],
    )
    link = StringField(_l("Link"), filters=[stripped], validators=[one_line(LINK_MAX)])
    marking = _marking_field()
    named = named_field()
    reason = reason_field()

    def offer(self, boards: Offered, meetings: Offered, themes: Offered) -> None:
        """Fill the lists to choose from."""
        self.board_id.choices = choices(boards)
        self.meeting_id.choices = choices([(0, _("None")), *meetings])
        self.themes.choices = choices(themes)

    def draft(self) -> DecisionDraft:
        """What was typed; call it after the form has validated."""
        return DecisionDraft(
            reference=self.reference.data,
            title=self.title.data,
            decided_on=given(self.decided_on.data),
            board_id=self.board_id.data,
            marking=Marking(self.marking.data),
            meeting_id=self.meeting_id.data or None,
            text=self.text.data,
            signed_on=self.signed_on.data,
            published_on=self.published_on.data,
            publication_status=PublicationStatus(self.publication_status.data),
            link=self.link.data,
            theme_ids=frozenset(self.themes.data or ()),
            named=addresses_in(self.named),
        )


def typed_new_meeting(on: date, time_zone: str) -> dict[str, object]:
    """What the form of a new meeting offers."""
    hybrid = TrainingMode.HYBRID.value
    return {"version": 0, "on": on, "at": time(14), "minutes": 120, "time_zone": time_zone, "mode": hybrid}


def typed_meeting(meeting: BoardMeeting, named: str) -> dict[str, object]:
    """What the form shows of a saved meeting, with the addresses of who is named on it."""
    same = ("version", "title", "time_zone", "minutes", "mode", "place", "join_link", "agenda", "marking")
    when = {"on": meeting.on_local, "at": meeting.starts_local, "named": named}
    return {name: getattr(meeting, name) for name in same} | when


def typed_papers(meeting: BoardMeeting) -> list[dict[str, object]]:
    """What the form shows of saved papers, and empty rows with the meeting's own marking for the rest."""
    saved: list[dict[str, object]] = [
        {"label": one.label, "url": one.url, "product_id": one.product_id or 0, "marking": one.marking}
        for one in meeting.papers
    ]
    empty: dict[str, object] = {"label": "", "url": "", "product_id": 0, "marking": meeting.marking}
    return saved + [empty] * min(BLANK_PAPERS, PAPERS_MOST - len(saved))


def typed_minutes(meeting: BoardMeeting) -> dict[str, object]:
    """What the form shows of saved minutes; of new ones the meeting's marking."""
    return {
        "version": meeting.version,
        "text": meeting.record,
        "marking": meeting.record_marking or meeting.marking,
        "approved_on": meeting.approved_on,
    }


def typed_decision(decision: BoardDecision, named: str) -> dict[str, object]:
    """What the form shows of a saved decision; needs its themes."""
    same = (
        *("version", "reference", "title", "decided_on", "board_id", "text", "signed_on"),
        *("published_on", "publication_status", "link", "marking"),
    )
    ids: Sequence[int | None] = [one.id for one in decision.themes]
    rest = {"meeting_id": decision.meeting_id or 0, "themes": ids, "named": named}
    return {name: getattr(decision, name) for name in same} | rest
