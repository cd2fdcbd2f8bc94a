"""The last letters that deeds called for, made again from the rows they were made from, to try a wording on.

Personal links stand in none of them: whoever tries a letter is not its reader.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from exchange.answering.standing import due_day, party_name
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.queries import invitations_to, meeting_in
from exchange.mail import deed_letters as deeds
from exchange.mail.answer_letters import MoreDays, more_days_letter, passed_letter, receipt_letter
from exchange.mail.change_letters import CHANGE, HALT, RELEASE, Reader, change_letter, key_of, release_letter
from exchange.mail.compose import sign_in_letter
from exchange.mail.deed_letters import DeedLetter
from exchange.mail.differences import difference
from exchange.mail.outbox import SIGN_IN
from exchange.mail.rehearsal import PERSONAL_LINK
from exchange.mail.wording import wording
from exchange.models import (
    Contribution,
    ContributionVersion,
    Cycle,
    Letter,
    Person,
    Prompt,
    PromptAddressee,
    PromptParty,
    TrainingEvent,
)
from exchange.rules.cycles import Sitting as RuleSitting
from exchange.rules.deadlines import last_day
from exchange.rules.rings import Ring, showing
from exchange.rules.stage_plan import PromptKind, StagePlan
from exchange.rules.timezones import wall_time
from exchange.settings import Settings
from exchange.wordings.drafts import Scope
from exchange.wordings.examples import Example, deed_example

LOOKED_AT = 100  # of the last rows: enough for some readers of each kind


@dataclass(frozen=True)
class Trial:
    """Where and by whom a wording is tried, and what stays the same for all its examples."""

    session: Session
    scope: Scope
    plan: StagePlan
    settings: Settings
    me: Person
    now: datetime

    def link(self, room: str) -> str:
        """What stands where a real letter has its reader's own link."""
        return f"{self.settings.base_url.rstrip('/')}/{room}/{PERSONAL_LINK}"


def last_deeds(trial: Trial) -> Iterator[Example]:
    """Letters of the scope's kind as they were called for last, the newest first."""
    return _FINDERS[trial.scope.rule.key](trial)


def meeting_of_rule(meeting: MeetingOf) -> RuleSitting:
    """A meeting as a letter of release needs it."""
    return RuleSitting("", "", meeting.wall, meeting.row.minutes)


def with_reason(letter: DeedLetter, about: Cycle | TrainingEvent) -> DeedLetter:
    """The letter with something in the place of a reason that is not known any more, where one may stand."""
    shown = showing(about.marking, Ring.LETTER, is_invited=True)
    if letter.is_sealed or not shown or not shown.description or letter.facts.get("reason", True):
        return letter
    stands_in = wording(letter.language).translations.gettext("(here the reason that is given)")
    return replace(letter, facts={**letter.facts, "reason": stands_in})


def _receipts(trial: Trial) -> Iterator[Example]:
    statement = (
        select(ContributionVersion, Cycle)
        .join(Contribution, col(ContributionVersion.contribution_id) == Contribution.id)
        .join(PromptParty, col(Contribution.party_id) == PromptParty.id)
        .join(Prompt, col(PromptParty.prompt_id) == Prompt.id)
        .join(Cycle, col(Prompt.cycle_id) == Cycle.id)
        .order_by(col(ContributionVersion.submitted_at).desc(), col(ContributionVersion.id).desc())
    )
    if trial.scope.cycle_id is not None:
        statement = statement.where(Cycle.id == trial.scope.cycle_id)
    for version, cycle in trial.session.exec(statement.limit(LOOKED_AT)):
        of = version.contribution
        extended = of.addressee.extended_on if of.addressee else None
        last_on = _last_on(trial, cycle, of.party, extended)
        letter = receipt_letter(
            version.person, cycle, party_name(of.party), version, last_on, settings=trial.settings
        )
        yield deed_example(version.person, letter, version.submitted_at, cycle.title)


def _passed_on(trial: Trial) -> Iterator[Example]:
    for row, cycle in _asked(trial, col(PromptAddressee.holder_id) != PromptAddressee.person_id):
        last_on = _last_on(trial, cycle, row.party, row.extended_on)
        letter = passed_letter(
            row.holder,
            row.person,
            cycle,
            party_name(row.party),
            last_on,
            trial.link("answer"),
            settings=trial.settings,
        )
        yield deed_example(row.holder, letter, row.asked_at, cycle.title)


def _more_days(trial: Trial) -> Iterator[Example]:
    has_more = col(PromptAddressee.extended_on).is_not(None) | col(PromptParty.extended_on).is_not(None)
    for row, cycle in _asked(trial, has_more):
        due_on = due_day(cycle, trial.plan, PromptKind(row.party.prompt.kind))
        last_on = _last_on(trial, cycle, row.party, row.extended_on)
        given = MoreDays(row.holder, party_name(row.party), due_on, last_on)
        letter = more_days_letter(given, cycle, trial.link("answer"), settings=trial.settings)
        yield deed_example(row.holder, letter, row.asked_at, cycle.title)


def _asked(trial: Trial, which: ColumnElement[bool]) -> Iterator[tuple[PromptAddressee, Cycle]]:
    """People who were asked in the scope, the last ones first."""
    statement = (
        select(PromptAddressee, Cycle)
        .join(PromptParty, col(PromptAddressee.party_id) == PromptParty.id)
        .join(Prompt, col(PromptParty.prompt_id) == Prompt.id)
        .join(Cycle, col(Prompt.cycle_id) == Cycle.id)
        .where(which)
        .order_by(col(PromptAddressee.id).desc())
    )
    if trial.scope.cycle_id is not None:
        statement = statement.where(Cycle.id == trial.scope.cycle_id)
    yield from trial.session.exec(statement.limit(LOOKED_AT))


def _last_on(trial: Trial, cycle: Cycle, party: PromptParty, extended_on: date | None) -> date:
    due_on = due_day(cycle, trial.plan, PromptKind(party.prompt.kind))
    return last_day(due_on, party.extended_on, extended_on)


def _changes(trial: Trial) -> Iterator[Example]:
    """From what each letter says its reader knew before and after, which is kept with it."""
    for row, person, about in _letters(trial, (CHANGE, HALT)):
        tells = row.tells or {}
        before, after = tells.get("before"), tells.get("after")
        if not isinstance(before, dict) or not isinstance(after, dict):
            continue
        reader = Reader(person, wall_time(row.queued_at, person.city.time_zone).on, bool(row.calendar))
        found = difference(before, about, reader.calendar, trial.plan, after)
        if key_of(found) != trial.scope.rule.key or found.is_nothing:
            continue
        if reader.is_invited and not found.is_halted:
            reader = Reader(person, reader.on, is_invited=True, answer_link=trial.link("attend"))
        letter = with_reason(change_letter(about, reader, found, trial.settings), about)
        yield deed_example(person, letter, row.queued_at, about.title)


def _releases(trial: Trial) -> Iterator[Example]:
    for row, person, about in _letters(trial, (RELEASE,)):
        for invitation in invitations_to(trial.session, row.cycle_id, row.training_id):
            meeting = meeting_in(about, invitation) if invitation.person_id == person.id else None
            if meeting is None or not invitation.is_off:
                continue
            reader = Reader(person, wall_time(row.queued_at, person.city.time_zone).on)
            letter = release_letter(about, reader, meeting_of_rule(meeting), trial.settings)
            yield deed_example(person, letter, row.queued_at, about.title)


def _sign_ins(trial: Trial) -> Iterator[Example]:
    for row in _rows(trial, (SIGN_IN,)):
        person = trial.session.get(Person, row.person_id)
        if person is not None:
            letter = sign_in_letter(person, trial.link("sign-in"), minutes=trial.settings.sign_in_minutes)
            yield deed_example(person, letter, row.queued_at)


def _letters(trial: Trial, kinds: Sequence[str]) -> Iterator[tuple[Letter, Person, Cycle | TrainingEvent]]:
    """Rows of the outbox with their reader and what they are about."""
    for row in _rows(trial, kinds):
        person = trial.session.get(Person, row.person_id)
        about = (
            trial.session.get(Cycle, row.cycle_id)
            if row.cycle_id
            else trial.session.get(TrainingEvent, row.training_id)
        )
        if person is not None and about is not None:
            yield row, person, about


def _rows(trial: Trial, kinds: Sequence[str]) -> Sequence[Letter]:
    statement = select(Letter).where(col(Letter.kind).in_(kinds), col(Letter.person_id).is_not(None))
    if trial.scope.cycle_id is not None:
        statement = statement.where(Letter.cycle_id == trial.scope.cycle_id)
    return trial.session.exec(statement.order_by(col(Letter.id).desc()).limit(LOOKED_AT)).all()


_FINDERS: dict[str, Callable[[Trial], Iterator[Example]]] = {
    deeds.RECEIPT: _receipts,
    deeds.PASSED_ON: _passed_on,
    deeds.MORE_DAYS: _more_days,
    deeds.MOVED: _changes,
    deeds.RESUMED: _changes,
    deeds.CANCELLED: _changes,
    deeds.POSTPONED: _changes,
    deeds.NOT_INVITED: _releases,
    deeds.SIGNING_IN: _sign_ins,
}
