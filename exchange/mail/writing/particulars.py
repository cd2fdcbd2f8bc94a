"""What a letter says of the thing and of its reader: kind, theme, mode, for whom; their part, and their days.

Lines in the reader's language, worked out from rows that are loaded; templates/mail puts them in place.
What a marking keeps from letters, compose.py says.
"""

from collections.abc import Iterator

from exchange.answering.ask_days import due_day
from exchange.mail.schedule.planned import Planned
from exchange.mail.schedule.task_links import ask_shown
from exchange.mail.writing.letter_facts import Meeting, cities_of, meeting_in
from exchange.mail.writing.words import Wording
from exchange.models import (
    SPEAKS_FOR_CITY,
    Cycle,
    ExpertGroup,
    GroupMember,
    TrainingEvent,
    TrainingKind,
    TrainingMode,
)
from exchange.rules.access.rings import Showing
from exchange.rules.letters.training_letters import REMINDERS
from exchange.rules.programme.cycles import due_on
from exchange.rules.programme.stage_plan import CycleAsk, MeetingRule, StagePlan

_AUTHORS = "authors"  # the audience of the stage plan that writes the product


def theme_of(about: Cycle | TrainingEvent | None, shown: Showing) -> str:
    """The theme's name; "" for none, where the title says the same, and where a letter may not say more."""
    theme = about.theme if about and shown.description else None
    return theme.name if theme and about and theme.name != about.title else ""


def welfare_of(about: Cycle | TrainingEvent) -> str:
    """Whom to turn to when something weighs on somebody: the event's text, else its host's; "" for none."""
    if isinstance(about, TrainingEvent):
        return about.welfare or about.host_city.welfare
    return about.lead_city.welfare


def particulars_of(about: Cycle | TrainingEvent | None, shown: Showing, words: Wording) -> tuple[str, ...]:
    """Kind, theme, mode, and for whom it is, a line each; a cycle's letters say its kind by themselves.

    Nothing where the marking keeps the description from letters: then they carry the title alone.
    """
    if about is None or not shown.description:
        return ()
    gettext = words.translations.gettext
    found = []
    if isinstance(about, TrainingEvent):
        found.append(gettext("Kind: %(kind)s") % {"kind": _kind(about, words)})
    if theme := theme_of(about, shown):
        found.append(gettext("Theme: %(theme)s") % {"theme": theme})
    found.append(gettext("Held: %(mode)s") % {"mode": _mode(about, words)})
    if isinstance(about, TrainingEvent) and about.why_in_person:
        found.append(gettext("Why in person: %(why)s") % {"why": about.why_in_person})
    found.append(gettext("For: %(whom)s") % {"whom": _for_whom(about, words)})
    return tuple(found)


def own_part(planned: Planned, plan: StagePlan, words: Wording) -> tuple[str, ...]:
    """What the reader is in a cycle and what it asks of them: roles, last days, meetings on their clock."""
    cycle = planned.cycle
    if cycle is None:
        return ()
    seats = [(group, seat) for group in cycle.groups for seat in group.members if _is_theirs(seat, planned)]
    return (
        *_roles(planned, cycle, seats, words),
        *_days(planned, cycle, seats, plan, words),
        *_meetings(planned, plan, words, sits=bool(seats)),
    )


def questions_of(planned: Planned, plan: StagePlan) -> tuple[str, ...]:
    """The questions that the letter holds, each in one line; none for a letter that holds none."""
    shown = ask_shown(planned.letter.rule, plan) if planned.cycle else None
    if shown is None:
        return ()
    found = shown.questions if planned.questions is None else planned.questions
    return tuple(" ".join(question.split()) for question in found)


def no_link_yet(planned: Planned, meeting: Meeting | None, words: Wording) -> str:
    """That the link for joining follows; "" where there is one, and where nobody joins from afar."""
    training, rule = planned.training, planned.letter.rule
    is_held_here = training is not None and training.mode == TrainingMode.IN_PERSON
    if meeting is None or meeting.join_link or is_held_here:
        return ""
    is_last = bool(rule.hours) or rule.key == REMINDERS[-1].key
    gettext = words.translations.gettext
    if is_last:
        return gettext(
            "The link for joining is not set yet. If you have none when it begins, please reply to this"
            " letter."
        )
    return gettext("The link for joining is not set yet; it follows.")


def _kind(training: TrainingEvent, words: Wording) -> str:
    known = {
        TrainingKind.FUNCTIONAL: "Functional exercise",
        TrainingKind.FULL_SCALE: "Full-scale exercise",
    }
    kind = TrainingKind(training.kind)
    return str(words.translations.gettext(known.get(kind, kind.value.capitalize())))


def _mode(about: Cycle | TrainingEvent, words: Wording) -> str:
    gettext = words.translations.gettext
    if isinstance(about, Cycle) or about.mode == TrainingMode.VIRTUAL:
        return gettext("online")
    return gettext("in person") if about.mode == TrainingMode.IN_PERSON else gettext("in person and online")


def _for_whom(about: Cycle | TrainingEvent, words: Wording) -> str:
    """The cities and the groups."""
    if isinstance(about, TrainingEvent) and not about.cities and not about.groups:
        return words.translations.gettext("all member cities")
    cities = ", ".join(city.name for city in cities_of(about))
    groups = ", ".join(group.name for group in about.groups)
    if not groups:
        return cities
    template = words.translations.gettext("%(cities)s; expert groups: %(groups)s")
    return template % {"cities": cities, "groups": groups}


def _is_theirs(seat: GroupMember, planned: Planned) -> bool:
    return seat.person_id == planned.person.id


def _speaks_for_city(planned: Planned) -> bool:
    return any(planned.person.has_role(role) for role in SPEAKS_FOR_CITY)


def _contributes(planned: Planned, cycle: Cycle) -> bool:
    cities = {cycle.lead_city_id, *(city.id for city in cycle.cities)}
    return planned.person.city_id in cities and _speaks_for_city(planned)


def _roles(
    planned: Planned, cycle: Cycle, seats: list[tuple[ExpertGroup, GroupMember]], words: Wording
) -> Iterator[str]:
    gettext = words.translations.gettext
    if _contributes(planned, cycle):
        leads = planned.person.city_id == cycle.lead_city_id
        yield (
            gettext("You answer for %(city)s, which leads this exchange.")
            if leads
            else gettext("You answer for %(city)s, which contributes to this exchange.")
        ) % {"city": planned.city}
    for group, seat in seats:
        yield (
            gettext("You chair the expert group %(group)s, which takes part.")
            if seat.is_chair
            else gettext("You are a member of the expert group %(group)s, which takes part.")
        ) % {"group": group.name}


def _days(
    planned: Planned,
    cycle: Cycle,
    seats: list[tuple[ExpertGroup, GroupMember]],
    plan: StagePlan,
    words: Wording,
) -> Iterator[str]:
    """By when the reader owes what."""
    gettext = words.translations.gettext
    asked = [CycleAsk.CITIES] if _contributes(planned, cycle) else []
    asked += [CycleAsk.GROUPS] if seats else []
    for on in sorted({due_day(cycle, plan, kind) for kind in asked}):
        yield gettext(
            "Your answer is due by the end of %(day)s in %(city)s; the questions reach you before that."
        ) % {"day": words.long_day(on), "city": planned.city}
    draft = next((rule.stage for rule in plan.letters if rule.audience == (_AUTHORS,)), "")
    for stage in cycle.stages:
        if stage.key == draft and any(_writes(group, seat) for group, seat in seats):
            yield gettext("You write the draft of its product, due by the end of %(day)s.") % {
                "day": words.long_day(due_on(stage))
            }


def _writes(group: ExpertGroup, seat: GroupMember) -> bool:
    """Chairs write; in a group without one, everybody."""
    return seat.is_chair or not any(other.is_chair for other in group.members)


def _meetings(planned: Planned, plan: StagePlan, words: Wording, *, sits: bool) -> Iterator[str]:
    """The reader's own sitting of each meeting they are asked to."""
    gettext = words.translations.gettext
    for rule in plan.meetings:
        found = meeting_in(planned, rule.stage, plan, words) if sits or _is_for_all(rule, plan) else None
        if found is not None:
            yield gettext("%(meeting)s: %(when)s (%(length)s). Your invitation follows.") % {
                "meeting": gettext(rule.name),
                "when": found.long,
                "length": found.length,
            }


def _is_for_all(rule: MeetingRule, plan: StagePlan) -> bool:
    """The live session is for all who take part, every other meeting for the groups."""
    return rule.key == plan.session.key
