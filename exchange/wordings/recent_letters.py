"""The last letters that actions called for, made again from the same rows, to try a wording on.

Personal links stand in none of them: whoever tries a letter is not its reader.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from exchange.answering.answer_status import party_name
from exchange.answering.ask_days import due_day, of_plans
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.queries import invitations_to, meeting_in
from exchange.mail.outbox.letter_queue import (
    ACCOUNT,
    CHANGE,
    DUTIES,
    HALT,
    NEW_ADDRESS,
    RELEASE,
    SIGN_IN,
    THANKS,
)
from exchange.mail.writing import transactional_letters
from exchange.mail.writing.compose import new_address_letter, sign_in_letter
from exchange.mail.writing.date_differences import difference
from exchange.mail.writing.occasions.account_letters import (
    SignInNews,
    confirming_letter,
    second_factor_letter,
)
from exchange.mail.writing.occasions.answer_letters import (
    MoreDays,
    more_days_letter,
    passed_letter,
    receipt_letter,
)
from exchange.mail.writing.occasions.ask_letters import Feedback, thanks_letter
from exchange.mail.writing.occasions.change_letters import Reader, change_letter, key_of, release_letter
from exchange.mail.writing.occasions.member_letters import Leaving, farewell_letter, welcome_letter
from exchange.mail.writing.transactional_letters import TransactionalLetter
from exchange.mail.writing.words import wording
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    Contribution,
    ContributionVersion,
    Cycle,
    Letter,
    Person,
    TrainingEvent,
)
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import Sitting as RuleSitting
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.rules.time.answer_deadlines import last_day
from exchange.rules.time.timezones import wall_time
from exchange.wordings import example_asks
from exchange.wordings.example_duties import duties_example
from exchange.wordings.example_letters import Example, transactional_example
from exchange.wordings.trial import Trial

_DAY = timedelta(days=1)
LOOKED_AT = 100  # of the last rows: enough for some readers of each kind


def recent_examples(trial: Trial) -> Iterator[Example]:
    """Letters of the scope's kind as they were called for last, the newest first."""
    return _FINDERS[trial.scope.rule.key](trial)


def meeting_of_rule(meeting: MeetingOf) -> RuleSitting:
    """A meeting as a letter of release needs it."""
    return RuleSitting("", "", meeting.wall, meeting.row.minutes)


def with_reason(letter: TransactionalLetter, about: Cycle | TrainingEvent) -> TransactionalLetter:
    """The letter with something in the place of a reason that is not known any more, where one may stand."""
    shown = carried(about.marking, Ring.LETTER)
    if letter.is_sealed or not shown or not shown.description or letter.facts.get("reason", True):
        return letter
    stands_in = wording(letter.language).translations.gettext("(here the reason that is given)")
    return replace(letter, facts={**letter.facts, "reason": stands_in})


def _receipts(trial: Trial) -> Iterator[Example]:
    statement = (
        select(ContributionVersion, Cycle)
        .join(Contribution, col(ContributionVersion.contribution_id) == Contribution.id)
        .join(AskParty, col(Contribution.party_id) == AskParty.id)
        .join(Ask, col(AskParty.ask_id) == Ask.id)
        .join(Cycle, col(Ask.cycle_id) == Cycle.id)
        .where(of_plans(), Cycle.marking != Marking.RED, ContributionVersion.marking != Marking.RED)
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
        yield transactional_example(version.person, letter, version.submitted_at, cycle.title)


def _passed_on(trial: Trial) -> Iterator[Example]:
    for row, cycle in _asked(trial, col(AskAddressee.holder_id) != AskAddressee.person_id):
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
        yield transactional_example(row.holder, letter, row.asked_at, cycle.title)


def _more_days(trial: Trial) -> Iterator[Example]:
    has_more = col(AskAddressee.extended_on).is_not(None) | col(AskParty.extended_on).is_not(None)
    for row, cycle in _asked(trial, has_more):
        due_on = due_day(cycle, trial.plan, CycleAsk.of(row.party.ask.template))
        last_on = _last_on(trial, cycle, row.party, row.extended_on)
        given = MoreDays(row.holder, party_name(row.party), due_on, last_on)
        letter = more_days_letter(given, cycle, trial.link("answer"), settings=trial.settings)
        yield transactional_example(row.holder, letter, row.asked_at, cycle.title)


def _asked(trial: Trial, which: ColumnElement[bool]) -> Iterator[tuple[AskAddressee, Cycle]]:
    """People who were asked in the scope, the last ones first."""
    statement = (
        select(AskAddressee, Cycle)
        .join(AskParty, col(AskAddressee.party_id) == AskParty.id)
        .join(Ask, col(AskParty.ask_id) == Ask.id)
        .join(Cycle, col(Ask.cycle_id) == Cycle.id)
        .where(which, of_plans(), Cycle.marking != Marking.RED)
        .order_by(col(AskAddressee.id).desc())
    )
    if trial.scope.cycle_id is not None:
        statement = statement.where(Cycle.id == trial.scope.cycle_id)
    yield from trial.session.exec(statement.limit(LOOKED_AT))


def _last_on(trial: Trial, cycle: Cycle, party: AskParty, extended_on: date | None) -> date:
    due_on = due_day(cycle, trial.plan, CycleAsk.of(party.ask.template))
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
        yield transactional_example(person, letter, row.queued_at, about.title)


def _releases(trial: Trial) -> Iterator[Example]:
    for row, person, about in _letters(trial, (RELEASE,)):
        for invitation in invitations_to(trial.session, row.cycle_id, row.training_id):
            meeting = meeting_in(about, invitation) if invitation.person_id == person.id else None
            if meeting is None or not invitation.is_off:
                continue
            reader = Reader(person, wall_time(row.queued_at, person.city.time_zone).on)
            letter = release_letter(about, reader, meeting_of_rule(meeting), trial.settings)
            yield transactional_example(person, letter, row.queued_at, about.title)


def _of_accounts(trial: Trial) -> Iterator[Example]:
    is_news = trial.scope.rule.key == transactional_letters.SECOND_FACTOR
    for row in _rows(trial, (ACCOUNT if is_news else SIGN_IN,)):
        person = trial.session.get(Person, row.person_id)
        if person is not None:
            yield transactional_example(person, account_example(trial, person), row.queued_at)


def account_example(trial: Trial, person: Person) -> TransactionalLetter:
    """As if the person asked for a link, or had set up a second factor."""
    key, minutes = trial.scope.rule.key, trial.settings.sign_in_minutes
    if key == transactional_letters.SIGNING_IN:
        return sign_in_letter(person, trial.link("sign-in"), minutes=minutes)
    if key == transactional_letters.CONFIRMING:
        return confirming_letter(person, trial.link("account/confirm"), minutes=minutes)
    page = f"{trial.settings.base_url.rstrip('/')}/account/sign-in"
    return second_factor_letter(person, SignInNews.ADDED, page)


def _new_addresses(trial: Trial) -> Iterator[Example]:
    for row in _rows(trial, (NEW_ADDRESS,)):
        person = trial.session.get(Person, row.person_id)
        if person is not None:
            yield transactional_example(person, new_address_example(trial, person), row.queued_at)


def new_address_example(trial: Trial, person: Person) -> TransactionalLetter:
    """As if it were the calendar of the person's city."""
    return new_address_letter(person, person.city.name, f"{trial.settings.base_url.rstrip('/')}/feeds")


def _of_members(trial: Trial) -> Iterator[Example]:
    for row in _rows(trial, (trial.scope.rule.key,)):
        person = trial.session.get(Person, row.person_id)
        if person is not None:
            yield transactional_example(person, member_example(trial, person), row.queued_at)


def member_example(trial: Trial, person: Person) -> TransactionalLetter:
    """As if the person were entered now, or their city left on the day its membership ends, else today."""
    if trial.scope.rule.key == transactional_letters.WELCOME:
        return welcome_letter(trial.session, person, trial.settings)
    today = wall_time(trial.now, person.city.time_zone).on
    ends = [span.ends_on + _DAY for span in person.city.memberships if span.ends_on]
    stands_in = wording(person.language).translations.gettext("(here the reason that is given)")
    return farewell_letter(
        person, Leaving(person.city.name, max(ends, default=today), stands_in), trial.settings
    )


def _of_events(trial: Trial) -> Iterator[Example]:
    for row, person, about in _letters(trial, (THANKS,)):
        if isinstance(about, TrainingEvent):
            letter = event_example(trial, person, about)
            yield transactional_example(person, letter, row.queued_at, about.title)


def event_example(trial: Trial, person: Person, training: TrainingEvent) -> TransactionalLetter:
    """As if the person had been there, and feedback closed a week after."""
    feedback = Feedback(trial.link("answer"), training.on_local + 7 * _DAY)
    return thanks_letter(person, training, feedback, settings=trial.settings)


def _of_duties(trial: Trial) -> Iterator[Example]:
    for row in _rows(trial, (DUTIES,)):
        person = trial.session.get(Person, row.person_id)
        if person is not None and (found := duties_of(trial, person)):
            yield transactional_example(person, found, row.queued_at)


def duties_of(trial: Trial, person: Person) -> TransactionalLetter | None:
    """As if the person owed something about what comes next."""
    return duties_example(trial.session, trial.scope, person, trial.now, trial.settings)


def _letters(trial: Trial, kinds: Sequence[str]) -> Iterator[tuple[Letter, Person, Cycle | TrainingEvent]]:
    """Rows of the outbox with their reader and what they are about."""
    for row in _rows(trial, kinds):
        person = trial.session.get(Person, row.person_id)
        about = (
            trial.session.get(Cycle, row.cycle_id)
            if row.cycle_id
            else trial.session.get(TrainingEvent, row.training_id)
        )
        if person is not None and about is not None and about.marking != Marking.RED:
            yield row, person, about


def _rows(trial: Trial, kinds: Sequence[str]) -> Sequence[Letter]:
    statement = select(Letter).where(col(Letter.kind).in_(kinds), col(Letter.person_id).is_not(None))
    if trial.scope.cycle_id is not None:
        statement = statement.where(Letter.cycle_id == trial.scope.cycle_id)
    return trial.session.exec(statement.order_by(col(Letter.id).desc()).limit(LOOKED_AT)).all()


_FINDERS: dict[str, Callable[[Trial], Iterator[Example]]] = {
    transactional_letters.RECEIPT: _receipts,
    transactional_letters.PASSED_ON: _passed_on,
    transactional_letters.MORE_DAYS: _more_days,
    transactional_letters.MOVED: _changes,
    transactional_letters.RESUMED: _changes,
    transactional_letters.CANCELLED: _changes,
    transactional_letters.POSTPONED: _changes,
    transactional_letters.NOT_INVITED: _releases,
    transactional_letters.NEW_ADDRESS: _new_addresses,
    **dict.fromkeys(transactional_letters.OF_ACCOUNTS, _of_accounts),
    **dict.fromkeys(transactional_letters.OF_MEMBERS, _of_members),
    **dict.fromkeys(transactional_letters.OF_EVENTS, _of_events),
    transactional_letters.DUTIES: _of_duties,
    **example_asks.FINDERS,
}
