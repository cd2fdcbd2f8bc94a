"""Letters are written here: facts, language and marking in, subject, text and HTML out.

Nothing is stored or sent. A letter is a folder of templates/mail with subject.txt, body.txt and
body.html; the text comes first and the HTML says the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from exchange.access.open_pages import can_open_page
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.cycle_eligibility import SCOPING
from exchange.mail.schedule.planned import Planned
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.mail.writing.custom_wording import EDITED, NO_WORDINGS, Wordings, edited_facts
from exchange.mail.writing.letter_facts import (
    agenda_of,
    due_day_of,
    feedback_day_of,
    is_session_over,
    meeting_of,
    week_of_day,
)
from exchange.mail.writing.particulars import (
    no_link_yet,
    own_part,
    particulars_of,
    questions_of,
    theme_of,
    welfare_of,
)
from exchange.mail.writing.template_rendering import SEALED, part_of_letter, written
from exchange.mail.writing.transactional_letters import (
    NEW_ADDRESS,
    SIGNING_IN,
    TRANSACTIONAL_LETTERS,
    TransactionalLetter,
)
from exchange.mail.writing.words import Wording, wording
from exchange.models import Answer, Cycle, Person, TrainingEvent
from exchange.rules.access.rings import Ring, Showing, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import cycle_ends_on
from exchange.rules.programme.stage_plan import ChaseTo, LetterRule, MessageClass, StagePlan
from exchange.rules.sentences import Sentence
from exchange.settings import Settings

# Letter of the plan -> folder; a reminder is found by what it reminds of. A letter that somebody adds
# to config/cycle.toml has no folder of its own and is written as a notice.
_FOLDERS = {
    "E0": "heads_up",
    "E1": "launch",
    "E2": "scoping_call",
    "E3": "call_for_input",
    "E3-groups": "group_questions",
    "E4": "invitation",
    "E5": "joining_note",
    "E6": "thanks",
    "E7": "draft_due",
    "E8": "review_request",
    "E9": "publication",
    "E9-new": "new_version",
    "T1": "event_invitation",
    "E2-wait": "waited_for",
    "E4-wait": "waited_for",
    "E8-wait": "waited_for",
    "E9-wait": "waited_for",
} | {rule.key: rule.key for rule in TRANSACTIONAL_LETTERS}
_REMINDERS = {
    "E2": "meeting_reminder",
    "E5": "meeting_reminder",
    "E8": "review_reminder",
    "T1": "event_reminder",
}
_CHASES = {
    ChaseTo.SILENT: "chase_silent",
    ChaseTo.CHAIR: "chase_chair",
    ChaseTo.CITY_LEAD: "chase_lead",
    ChaseTo.MEMBER_LEAD: "chase_member_lead",
}
ABOUT_A_MEETING = frozenset(
    {"scoping_call", "meeting_reminder", "invitation", "joining_note", "event_invitation", "event_reminder"}
)
_NOTICE = "notice"
SOMEBODY_LEFT = Sentence("Somebody who knew the address of this calendar has left.")
_DRAFT = "draft_due"  # leads to where the product is written


@dataclass(frozen=True)
class Coming:
    """Where a reader says whether they come, and what they said; empty in a letter that asks nobody to."""

    link: str = ""
    said: Answer = Answer.NONE


ASKS_NOBODY = Coming()


def planned_letter(
    planned: Planned,
    *,
    plan: StagePlan,
    settings: Settings,
    wordings: Wordings = NO_WORDINGS,
    coming: Coming = ASKS_NOBODY,
) -> ComposedLetter:
    """The letter that the schedule calls for, in its reader's language and time, as it was worded last.

    Whoever the plan names counts as invited. Where the marking allows no content in a letter
    (TLP:RED), it only asks the reader to sign in.
    """
    words = wording(planned.person.language)
    folder, facts = _content(planned, plan, settings, wordings, coming)
    if folder != SEALED:  # which says nothing that a part could add to
        parts = (_content(one, plan, settings, wordings, ASKS_NOBODY) for one in planned.riders)
        facts |= {"parts": [part_of_letter(inner, its, words, settings) for inner, its in parts]}
    return _classed(written(folder, facts, words, settings), planned, settings)


def _content(
    planned: Planned, plan: StagePlan, settings: Settings, wordings: Wordings, coming: Coming
) -> tuple[str, dict[str, object]]:
    """The folder that the letter is written from, and its facts."""
    about = planned.cycle or planned.training
    if about is None:
        raise ValueError("a planned letter is about a cycle or a training event")
    words = wording(planned.person.language)
    shown = carried(about.marking, Ring.LETTER) or Showing()
    facts = _always(about, planned, settings) | {"answer_link": coming.link, "said": coming.said.value}
    if not shown.title:
        return SEALED, facts
    facts |= _facts(planned, plan, words, shown)
    edited = wordings.of(planned.kind, planned.cycle.id if planned.cycle else None)
    if edited:
        return EDITED, edited_facts(edited, facts, words, settings)
    folder = folder_of(planned.letter.rule)
    if folder in ABOUT_A_MEETING and facts["meeting"] is None:
        folder = _NOTICE  # the cycle holds no such meeting
    return folder, facts


def _always(about: Cycle | TrainingEvent, planned: Planned, settings: Settings) -> dict[str, object]:
    """What every letter may say, whatever its marking. ``link`` is the reader's own when there is one."""
    page = page_of(about, planned.person, planned.local.on, settings)
    if page and folder_of(planned.letter.rule) == _DRAFT:
        page += "/product"
    return {
        "label": Marking(about.marking).value,
        "name": planned.person.name,
        "link": planned.tasks[0].url if planned.tasks else page,
        "tasks": planned.tasks,
        "preferences_link": preferences_link(planned.person, settings),
    }


def _classed(letter: ComposedLetter, planned: Planned, settings: Settings) -> ComposedLetter:
    """The letter with its class; one of the programme carries the address that stops such letters."""
    message_class = planned.letter.rule.message_class
    is_programme = message_class is MessageClass.PROGRAMME
    url = one_click_link(planned.person, settings) if is_programme else ""
    return replace(letter, message_class=message_class, unsubscribe_url=url)


def asks_to_come(planned: Planned) -> bool:
    """Whether the letter is about a meeting that its reader is asked to come to."""
    return folder_of(planned.letter.rule) in ABOUT_A_MEETING


def rule_asks_to_come(rule: LetterRule) -> bool:
    """Whether letters of a rule invite to a meeting; reminders only repeat it."""
    return not rule.reminds_of and folder_of(rule) in ABOUT_A_MEETING


def is_launch(planned: Planned) -> bool:
    """Whether the letter tells the full timetable."""
    return folder_of(planned.letter.rule) == _FOLDERS["E1"]


def sign_in_letter(person: Person, link: str, *, minutes: int) -> TransactionalLetter:
    """The letter with a link that signs ``person`` in once, within ``minutes``."""
    facts: dict[str, object] = {"label": "", "name": person.name, "link": link, "minutes": minutes}
    return TransactionalLetter(SIGNING_IN, person.language, facts)


def new_address_letter(
    person: Person, calendar: str, link: str, because: Sentence = SOMEBODY_LEFT
) -> TransactionalLetter:
    """That a calendar has a new address, and on which page ``person`` finds it. Never the address itself."""
    facts: dict[str, object] = {"label": "", "name": person.name, "calendar": calendar, "link": link}
    facts["news"] = wording(person.language).sentence(because)
    return TransactionalLetter(NEW_ADDRESS, person.language, facts)


def folder_of(rule: LetterRule) -> str:
    """The folder of templates/mail that a letter of the plan is written from."""
    if rule.chases:
        is_over = rule.chases is ChaseTo.SILENT and rule.days > 0
        return "chase_overdue" if is_over else _CHASES[rule.chases]
    if rule.reminds_of:
        return _REMINDERS.get(rule.reminds_of, _NOTICE)
    return _FOLDERS.get(rule.key, _NOTICE)


def page_of(about: Cycle | TrainingEvent, person: Person, on: date, settings: Settings) -> str:
    """The address of the page that a letter is about; "" for a reader to whom it does not open."""
    if isinstance(about, Cycle) and not can_open_page(person, about, on):
        return ""
    section = "cycles" if isinstance(about, Cycle) else "trainings"
    return f"{settings.base_url.rstrip('/')}/{section}/{about.id}"


def _facts(planned: Planned, plan: StagePlan, words: Wording, shown: Showing) -> dict[str, object]:
    """What the templates may use; an empty text where the marking allows nothing."""
    about = planned.cycle or planned.training
    due = due_day_of(planned, plan)
    meeting = meeting_of(planned, plan, words)
    facts: dict[str, object] = {
        "title": about.title if about else "",
        "letter_name": planned.name,
        "city": planned.city,
        "awaited": ", ".join(planned.letter.awaits),
        "waiting": planned.letter.waiting,
        "kind": planned.kind,
        "about_day": words.long_day(planned.letter.about_on),
        "about_day_short": words.short_day(planned.letter.about_on),
        "due_day": words.long_day(due) if due else "",
        "due_day_short": words.short_day(due) if due else "",
        "meeting": meeting,
        "is_this_week": bool(meeting and week_of_day(meeting.on) == week_of_day(planned.local.on)),
        "is_session_over": is_session_over(planned, plan),
        "countdown": words.countdown(
            _days_left(planned, meeting.on if meeting and planned.letter.sitting else due)
        ),
        "join_link": meeting.join_link if meeting and shown.link else "",
        "is_join_link_on_page": bool(meeting and meeting.join_link and not shown.link),
        "no_link_yet": no_link_yet(planned, meeting, words),
        "theme": theme_of(about, shown),
        "particulars": particulars_of(about, shown, words),
        **_text("agenda", agenda_of(planned, plan), shown),
        "is_chatham_house": bool(about and about.is_chatham_house),
        "welfare": welfare_of(about) if about and shown.description else "",
        "feedback_day": words.long_day(feedback_day_of(planned)),
        "feedback_day_short": words.short_day(feedback_day_of(planned)),
    }
    return facts | _cycle_facts(planned, plan, words, shown) | _training_facts(planned, shown)


def _days_left(planned: Planned, on: date | None) -> int:
    """Days on the reader's wall from when the letter leaves to the day it counts to."""
    return ((on or planned.letter.about_on) - planned.local.on).days


def _cycle_facts(planned: Planned, plan: StagePlan, words: Wording, shown: Showing) -> dict[str, object]:
    cycle = planned.cycle
    if cycle is None:
        return {}
    ends_on = cycle_ends_on(cycle.starts_on, cycle.duration_weeks)
    stages = {stage.key: stage for stage in cycle.stages}
    return {
        "weeks": cycle.duration_weeks,
        "starts_day": words.long_day(cycle.starts_on),
        "starts_day_short": words.short_day(cycle.starts_on),
        "ends_day": words.long_day(ends_on),
        "ends_day_short": words.short_day(ends_on),
        "lead_city": cycle.lead_city.name if shown.place else "",
        "own_part": own_part(planned, plan, words) if is_launch(planned) else (),
        "questions": questions_of(planned, plan) if shown.description else (),
        "is_scoping": planned.kind == SCOPING,
        **_text("brief", cycle.brief, shown),
        "stages": [
            (stage.name, f"{words.short_day(stage.starts_on)} – {words.short_day(stage.ends_on)}")
            for stage in stages.values()
            if cycle.starts_on <= stage.starts_on <= ends_on
        ],
    }


def _text(name: str, text: str, shown: Showing) -> dict[str, object]:
    """A text as far as the marking lets letters carry one, and whether it stands on the page alone."""
    is_kept_back = bool(text) and not shown.description
    return {name: "" if is_kept_back else text, f"is_{name}_on_page": is_kept_back}


def _training_facts(planned: Planned, shown: Showing) -> dict[str, object]:
    training = planned.training
    if training is None:
        return {}
    return {
        "place": training.place if shown.place else "",
        "host_city": training.host_city.name if shown.place else "",
        "mode": training.mode if shown.description else "",
        "description": training.description if shown.description else "",
    }


def sealed(facts: Mapping[str, object], words: Wording, settings: Settings) -> ComposedLetter:
    """The letter that only says that there is something to read."""
    return written(SEALED, facts, words, settings)
