"""Forms of plans: from typed text to wishes. They save nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FormField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import InputRequired

from exchange.errors import ExchangeError as Refusal
from exchange.errors import InvalidInput
from exchange.models import City, MembershipStatus
from exchange.planner.problem.problem import MAX_WEEKS
from exchange.planning.actions import SECONDS_LEAST, SECONDS_MOST
from exchange.planning.pages.form_rows import KindForm, PauseForm, number
from exchange.planning.presentation.words import FAIRNESSES, GIVEN_UP, HOURS_FOR
from exchange.planning.wishes.wishes import EVERY, Span, WishedKind, Wishes
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.base_form import BaseForm, some_text, stripped
from exchange.web.presentation.date_formats import sentence, weekday
from exchange.web.presentation.form_fields import CheckboxesField, choices, reason_field
from exchange.web.presentation.row_fields import RowsField
from exchange.web.presentation.words import MARKINGS, TRAINING_KINDS

PAUSES, KINDS = 3, 5  # rows that the form offers
FILE_MAX = 800_000  # characters of a pasted PROBLEM.json; no form is longer than a megabyte

# Where a fault of the planner's problem is shown: the start of its path, and the field.
PATHS = (
    ("start_on", "start_on"),
    ("weeks", "weeks"),
    ("cycles.cadence_weeks", "cadence_weeks"),
    ("cycles.session_weeks", "session_weeks"),
    ("cycles.session_minutes", "session_minutes"),
    ("cycles.pauses", "is_choosing"),
    ("cycles.count", "cycle_count"),
    ("cycles", "has_cycles"),
    ("trainings.gap_days", "gap_least_days"),
    ("trainings.count", "count"),
    ("trainings.kinds", "kinds"),
    ("trainings.hosts", "hosts"),
    ("trainings", "has_trainings"),
    ("preferred_weekdays", "weekdays"),
    ("max_allowance", "allowance_percent"),
    ("fairness", "fairness"),
)


class WishesForm(BaseForm):
    """What a year's plan is to be like."""

    start_on = DateField(
        _l("First Monday"), validators=[InputRequired(_l("Give the Monday on which the plan begins."))]
    )
    weeks = number(_l("Weeks"), 1, MAX_WEEKS)
    closed = RowsField(FormField(PauseForm), _l("Nothing is held"), min_entries=PAUSES, max_entries=12)
    required = CheckboxesField(_l("Members that must be able to come"))
    has_cycles = BooleanField(_l("Plan exchanges, each with a live session"))
    cadence_weeks = number(_l("Weeks from one start to the next"), 1, 104)
    session_weeks = CheckboxesField(_l("Week of the live session"), coerce=int)
    session_minutes = number(_l("Minutes of the session"), 15, 480)
    sittings = RadioField(_l("Sittings"), coerce=int)
    cycle_count = number(_l("How many exchanges"), 1, 60, optional=True)
    is_choosing = BooleanField(_l("The planner chooses the pauses between so many exchanges"))
    pauses = RowsField(FormField(PauseForm), _l("Pauses"), min_entries=PAUSES, max_entries=12)
    has_trainings = BooleanField(_l("Plan training and exercising events"))
    gap_least_days = number(_l("Fewest days between two events"), 1, 400)
    gap_most_days = number(_l("Most days between two events"), 1, 400)
    count = number(_l("How many events"), 0, 400, optional=True)
    kinds = RowsField(FormField(KindForm), _l("Kinds"), min_entries=KINDS, max_entries=12)
    hosts = CheckboxesField(_l("Hosts, in turn"))
    weekdays = CheckboxesField(_l("Preferred weekdays"), coerce=int)
    allowance_percent = number(_l("Allowance in percent"), 0, 100)
    fairness = RadioField(_l("Who counts"), choices=choices(FAIRNESSES.items()), default="worst")
    given_up = CheckboxesField(_l("Rules that may give way"))
    hours_for = RadioField(_l("Whose hours are kept"), choices=choices(HOURS_FOR.items()), default=EVERY)
    earliest = TimeField(_l("Earliest hour"), validators=[InputRequired(_l("Give an hour, like 06:00."))])
    latest = TimeField(_l("Latest hour"), validators=[InputRequired(_l("Give an hour, like 23:00."))])
    is_never_outside = BooleanField(_l("Never outside, even where that leaves no plan"))
    past_weeks = number(_l("Weeks of the past that count"), 0, 208)
    seconds = number(_l("Seconds to search"), SECONDS_LEAST, SECONDS_MOST)

    def offer(self, cities: Sequence[City], on: date, duration_weeks: int) -> None:
        """Fill the lists to choose from; ``on`` tells leads from members."""
        self.session_weeks.choices = choices((n, str(n)) for n in range(1, duration_weeks + 1))
        self.sittings.choices = choices(
            [(1, _("One, for all")), (2, _("Two on the same day; each city attends the one that suits it"))]
        )
        self.hosts.choices = choices((city.slug, city.name) for city in cities)
        members = (city for city in cities if city.status_on(on) is not MembershipStatus.LEAD)
        self.required.choices = choices((city.slug, city.name) for city in members)
        self.given_up.choices = choices(GIVEN_UP.items())
        self.weekdays.choices = choices((n, weekday(n)) for n in range(5))
        for field in (self.session_weeks, self.sittings, self.hosts):
            field.flags.required = True  # of what is planned: the page does not call them optional
        for row in self.kinds:
            row.form.kind.choices = choices([("", _("None")), *TRAINING_KINDS.items()])

    def validate_has_trainings(self, field: BooleanField) -> None:
        """Something is to be planned."""
        if not field.data and not self.has_cycles.data:
            raise ValidationError(_("Choose exchanges, training events or both."))

    def validate_session_weeks(self, field: SelectMultipleField) -> None:
        """An exchange has a session."""
        if self.has_cycles.data and not field.data:
            raise ValidationError(_("Choose at least one week in which the session may be."))

    def validate_is_choosing(self, field: BooleanField) -> None:
        """Who chooses the pauses knows how many exchanges they lie between."""
        if not (field.data and self.has_cycles.data):
            return
        if self.cycle_count.data is None:
            raise ValidationError(
                _("Say how many exchanges there are to be, so that the pauses can be chosen.")
            )
        if _spans(self.pauses):
            raise ValidationError(_("Give the pauses, or let the planner choose them, not both."))

    def validate_hosts(self, field: SelectMultipleField) -> None:
        """Every event has a host."""
        if self.has_trainings.data and not field.data:
            raise ValidationError(_("Choose at least one host."))

    def validate_latest(self, field: TimeField) -> None:
        """The hours have their order."""
        if field.data and self.earliest.data and field.data <= self.earliest.data:
            raise ValidationError(_("The latest hour is not after the earliest."))

    def validate_kinds(self, _field: RowsField) -> None:
        """One kind takes what the others leave."""
        rest = [kind for kind in self._kinds() if kind.per_year is None]
        if self.has_trainings.data and len(rest) != 1:
            raise ValidationError(
                _("Leave the number a year of exactly one kind empty: it takes what the others leave.")
            )

    def wishes(self) -> Wishes:
        """What was typed; call it after the form has validated."""
        return Wishes(
            start_on=self.start_on.data,
            weeks=cast(int, self.weeks.data),
            has_cycles=bool(self.has_cycles.data),
            cadence_weeks=cast(int, self.cadence_weeks.data),
            session_weeks=tuple(sorted(self.session_weeks.data or ())),
            session_minutes=cast(int, self.session_minutes.data),
            sittings=self.sittings.data,
            closed=_spans(self.closed),
            required=tuple(self.required.data or ()),
            pauses=_spans(self.pauses),
            is_choosing=bool(self.is_choosing.data),
            cycle_count=self.cycle_count.data,
            has_trainings=bool(self.has_trainings.data),
            gap_least_days=cast(int, self.gap_least_days.data),
            gap_most_days=cast(int, self.gap_most_days.data),
            count=self.count.data,
            kinds=tuple(self._kinds()),
            hosts=tuple(self.hosts.data or ()),
            weekdays=tuple(sorted(self.weekdays.data or ())),
            allowance_percent=cast(int, self.allowance_percent.data),
            fairness=self.fairness.data,
            hours_for=self.hours_for.data,
            earliest=self.earliest.data,
            latest=self.latest.data,
            is_never_outside=bool(self.is_never_outside.data),
            past_weeks=cast(int, self.past_weeks.data),
            seconds=cast(int, self.seconds.data),
            given_up=tuple(self.given_up.data or ()),
        )

    def add_fault(self, error: InvalidInput) -> None:
        """Put a refusal of the planner's problem at the field that its path belongs to."""
        path = error.field or ""
        bare = Refusal(error.template.removeprefix("%(path)s: "), **error.values)
        said = sentence(bare)
        said = said[:1].upper() + said[1:]
        name = next((field for start, field in PATHS if path.startswith(start)), None)
        if name is None or isinstance(self[name], RowsField):
            self.form_errors.append(said)
        else:
            self[name].errors = [*self[name].errors, said]

    def _kinds(self) -> list[WishedKind]:
        rows = (row.form for row in self.kinds if row.form.kind.data)
        return [
            WishedKind(
                row.kind.data,
                row.minutes.data or 0,
                row.per_year.data,
                row.first_week.data,
                row.last_week.data,
            )
            for row in rows
        ]


def _spans(rows: RowsField) -> tuple[Span, ...]:
    """The rows that were filled in."""
    forms = (row.form for row in rows)
    return tuple(
        (row.first_on.data, row.last_on.data) for row in forms if row.first_on.data and row.last_on.data
    )


class FileForm(BaseForm):
    """A PROBLEM.json, pasted."""

    text = TextAreaField(
        _l("PROBLEM.json"),
        filters=[stripped],
        validators=[InputRequired(_l("Paste the problem.")), some_text(FILE_MAX)],
    )
    seconds = number(_l("Seconds to search"), SECONDS_LEAST, SECONDS_MOST)


class ChoiceForm(BaseForm):
    """A form about the plan that its page showed: another may be chosen before it is sent."""

    choice = HiddenField()  # the plan's own name when the field was not sent at all


class TakeForm(ChoiceForm):
    """Which entries become drafts; themes and leads of exchanges are read beside it (takes.py)."""

    names = CheckboxesField(_l("Entries"))
    marking = RadioField(
        _l("Marking"),
        choices=choices(MARKINGS.items()),
        default=Marking.AMBER.value,
        validators=[InputRequired(_l("Choose a marking."))],
    )
    reason = reason_field()

    def offer(self, names: Mapping[str, str]) -> None:
        """The entries there are, each with its words."""
        self.names.choices = choices(names.items())

    def validate_names(self, field: SelectMultipleField) -> None:
        """Taking nothing needs no form."""
        if not field.data:
            raise ValidationError(_("Choose at least one entry."))


class ConfirmForm(BaseForm):
    """One button."""


class AgainForm(ChoiceForm):
    """Planning again; what is wished of each entry is read beside it (replanning.py)."""

    seconds = number(_l("Seconds to search"), SECONDS_LEAST, SECONDS_MOST)
