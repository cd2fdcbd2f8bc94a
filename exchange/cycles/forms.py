"""Forms of cycles: from typed text to drafts and moves. They save nothing."""

from collections.abc import Sequence
from datetime import date, time

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Optional

from exchange.cycles.actions import CycleEdit
from exchange.cycles.drafts import CycleDraft, SittingTime
from exchange.cycles.queries import Choices
from exchange.models import City, Cycle, MembershipStatus, Sitting
from exchange.rules.markings.tlp_labels import Marking, parse_marking
from exchange.rules.programme.cycles import StagePlan
from exchange.web.presentation.base_form import one_line, some_text, stripped
from exchange.web.presentation.form_fields import (
    CheckboxesField,
    VersionedForm,
    WholeNumberField,
    addresses_in,
    choices,
    clock_field,
    date_field,
    given,
    minutes_field,
    named_field,
    reason_field,
    zone_field,
)
from exchange.web.presentation.row_fields import PlacesField
from exchange.web.presentation.words import MARKINGS


class AboutForm(VersionedForm):
    """What a cycle is about, who takes part and how closely it is held."""

    theme_id = SelectField(_("Theme"), coerce=int, validators=[InputRequired(_("Choose a theme."))])
    title = StringField(_("Title"), filters=[stripped], validators=[one_line()])
    brief = TextAreaField(_("Brief"), filters=[stripped], validators=[some_text()])
    agendas = PlacesField(
        TextAreaField(_("Agenda"), filters=[stripped], validators=[some_text()]), label=_("Agendas")
    )
    lead_city_id = SelectField(
        _("Lead city"), coerce=int, validators=[InputRequired(_("Choose the lead city."))]
    )
    cities = CheckboxesField(_("Contributing cities"), coerce=int)
    groups = CheckboxesField(_("Expert groups"), coerce=int)
    marking = RadioField(
        _("Marking"),
        choices=choices(MARKINGS.items()),
        validators=[InputRequired(_("Choose a marking."))],
    )
    named = named_field()
    is_chatham_house = BooleanField(_("The Chatham House Rule applies"))
    reason = reason_field()

    def offer(self, offered: Choices) -> None:
        """Fill the lists to choose from."""
        self.theme_id.choices = choices((theme.id, f"{theme.key} {theme.name}") for theme in offered.themes)
        self.lead_city_id.choices = choices((city.id, city.name) for city in offered.cities)
        self.cities.choices = choices((city.id, city.name) for city in offered.cities)
        self.groups.choices = choices((group.id, f"{group.key} {group.name}") for group in offered.groups)

    def show_all_meetings(self, plan: StagePlan) -> None:
        """One field for the agenda of each meeting; one that was not sent keeps what is saved."""
        self.agendas.fill(len(plan.meetings), unsent=self.agendas.object_data)
        for entry, meeting in zip(self.agendas, plan.meetings, strict=False):
            entry.label.text = gettext("Agenda: %(meeting)s", meeting=gettext(meeting.name))

    def edit(self, plan: StagePlan) -> CycleEdit:
        """What was typed; call it after the form has validated."""
        agendas = zip(plan.meetings, self.agendas, strict=False)
        return CycleEdit(
            brief=self.brief.data,
            agendas={meeting.key: entry.data for meeting, entry in agendas if entry.data},
            theme_id=self.theme_id.data,
            title=self.title.data,
            lead_city_id=self.lead_city_id.data,
            city_ids=frozenset(self.cities.data or ()),
            group_ids=frozenset(self.groups.data or ()),
            marking=parse_marking(self.marking.data or ""),
            is_chatham_house=bool(self.is_chatham_house.data),
            reason=self.reason.data,
            named=addresses_in(self.named),
        )


class CycleForm(AboutForm):
    """Everything a coordinator says of a new cycle."""

    starts_on = date_field(_("First Monday"))
    duration_weeks = WholeNumberField(
        _("Weeks"), validators=[InputRequired(_("Give the number of weeks, like 8."))]
    )
    stage_weeks = PlacesField(
        WholeNumberField(_("Weeks"), validators=[Optional()]), label=_("Weeks of each stage")
    )
    session_on = date_field(_("Date of the live session"), is_needed=False)
    at = clock_field()
    time_zone = zone_field(_("Time zone"))
    minutes = minutes_field()
    sittings = RadioField(
        _("Sittings"),
        choices=choices(
            [("1", _("One sitting")), ("2", _("Two sittings, the second for the far side of the world"))]
        ),
        default="1",
        validators=[InputRequired(_("Choose one sitting or two."))],
    )
    second_at = TimeField(_("Start of the second sitting"), validators=[Optional()])
    second_time_zone = zone_field(_("Time zone of the second sitting"), is_needed=False)

    def show_all_stages(self, plan: StagePlan) -> None:
        """One field of weeks for each stage, also when a browser has sent fewer; the others are empty."""
        self.stage_weeks.fill(len(plan.stages_within))

    def draft(self, plan: StagePlan) -> CycleDraft:
        """What was typed; call it after the form has validated. Raises InvalidInput for the marking."""
        about = self.edit(plan)
        return CycleDraft(
            theme_id=about.theme_id,
            title=about.title,
            brief=about.brief or "",
            agendas=about.agendas or {},
            lead_city_id=about.lead_city_id,
            city_ids=about.city_ids,
            group_ids=about.group_ids,
            marking=about.marking,
            is_chatham_house=about.is_chatham_house,
            reason=about.reason,
            named=about.named or (),
            starts_on=given(self.starts_on.data),
            duration_weeks=given(self.duration_weeks.data),
            stage_weeks=self._stage_weeks(plan),
            session_on=self.session_on.data,
            sittings=self._sittings(plan),
            minutes=given(self.minutes.data),
        )

    def _stage_weeks(self, plan: StagePlan) -> dict[str, int] | None:
        """None when nobody typed any: then the plan spreads the weeks."""
        typed = [entry.data for entry in self.stage_weeks]
        if all(weeks is None for weeks in typed):
            return None
        return {rule.key: weeks or 0 for rule, weeks in zip(plan.stages_within, typed, strict=False)}

    def _sittings(self, plan: StagePlan) -> tuple[SittingTime, ...]:
        first = SittingTime(given(self.at.data), self.time_zone.data)
        if self.sittings.data != "2":
            return (first,)
        usual = usual_second(plan)
        at = self.second_at.data or usual.at
        return (first, SittingTime(at, self.second_time_zone.data or usual.time_zone))


def typed_for_new(plan: StagePlan, starts_on: date, cities: Sequence[City], own: int) -> dict[str, object]:
    """What the form of a new cycle offers before anybody types; ``own`` is the id of the reader's city."""
    first, second = plan.session.sittings[0], usual_second(plan)
    leads = [city for city in cities if city.status_on(starts_on) is MembershipStatus.LEAD]
    return {
        "starts_on": starts_on,
        "duration_weeks": plan.duration_weeks,
        "stage_weeks": [rule.weeks for rule in plan.stages_within],
        "at": first.at,
        "time_zone": first.time_zone,
        "minutes": plan.session.minutes,
        "second_at": second.at,
        "second_time_zone": second.time_zone,
        "marking": Marking.AMBER_STRICT.value,
        "is_chatham_house": True,
        "lead_city_id": own if own in {city.id for city in leads} else next((c.id for c in leads), None),
    }


def typed_from(cycle: Cycle, plan: StagePlan) -> dict[str, object]:
    """What the form of a saved cycle shows."""
    return {
        "brief": cycle.brief,
        "agendas": [cycle.agendas.get(meeting.key, "") for meeting in plan.meetings],
        "version": cycle.version,
        "theme_id": cycle.theme_id,
        "title": cycle.title,
        "lead_city_id": cycle.lead_city_id,
        "cities": [city.id for city in cycle.cities],
        "groups": [group.id for group in cycle.groups],
        "marking": cycle.marking,
        "is_chatham_house": cycle.is_chatham_house,
    }


def typed_from_sitting(cycle: Cycle, sitting: Sitting) -> dict[str, object]:
    """What the form of a saved sitting shows."""
    return {
        "version": cycle.version,
        "on": sitting.on_local,
        "at": sitting.starts_local,
        "time_zone": sitting.time_zone,
        "minutes": sitting.minutes,
        "join_link": sitting.join_link,
    }


def usual_second(plan: StagePlan) -> SittingTime:
    """The wall time to offer for a second sitting: the plan's, or 08:00 where its first one is."""
    rules = plan.session.sittings
    if len(rules) > 1:
        return SittingTime(rules[1].at, rules[1].time_zone)
    return SittingTime(time(8), rules[0].time_zone)
