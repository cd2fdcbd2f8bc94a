"""What goes because its time is over, and whom a coordinator is to look at: counted first, then done.

By the rules of config/retention.toml. Nothing of the audit trail is deleted here, and no person erased.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import CTE, ColumnElement, String, case, cast, delete, func, literal, or_
from sqlalchemy import select as sa_select
from sqlalchemy.orm import joinedload
from sqlmodel import Session, SQLModel, col, select

from exchange import audit
from exchange.answering.attendance.retention import (
    attendance_due,
    forget_attendance,
    forget_nominations,
    nominations_due,
)
from exchange.attendance.feedback_retention import feedback_texts_due, forget_feedback_authors
from exchange.duties.own_requests import forget_requests, requests_due
from exchange.invitations.meetings import MeetingOf
from exchange.mail.outbox.redaction_at_rest import (
    AT_ONCE,
    count_letters,
    facts_due,
    forget_facts,
    forget_texts,
    texts_due,
)
from exchange.models import AddressChange, AttendanceNeed, AuditEntry, Person
from exchange.money.retention import forget_lines, lines_due
from exchange.personal_data.address_change import forget_expired
from exchange.personal_data.retention_rules import RetentionRules
from exchange.web.presentation.paging import Paged, page_of_query

_NEEDS = SQLModel.metadata.tables["attendance_need"]
_CAME_BY = (
    "add person",
    "edit person",
    "review contact",
)  # entries about somebody that count as a sign of them
ACTION = "apply retention"

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Counts:
    """How much is due: or, after ``apply``, how much went. ``contacts_to_review`` are listed, not changed."""

    needs: int
    letter_texts: int
    letter_facts: int
    new_addresses: int
    attendance: int
    nominations: int
    money_lines: int
    feedback_texts: int
    requests: int
    contacts_to_review: int

    @property
    def gone(self) -> dict[str, int]:
        """What goes or went, by name."""
        return {name: count for name, count in asdict(self).items() if name != "contacts_to_review"}

    def lines(self, rules: RetentionRules) -> list[str]:
        """One English sentence for each rule, for the command line."""
        return [
            f"Food and access needs, {rules.needs_days} days after their event: {self.needs}.",
            f"Words of letters, {rules.letter_text_days} days after they were due: {self.letter_texts}.",
            f"Readers of letters, {rules.letter_facts_months} months after: {self.letter_facts}.",
            f"New addresses that nobody confirmed in time: {self.new_addresses}.",
            f"Who was at meetings, {rules.attendance_years} years after: {self.attendance} meetings.",
            f"Colleagues named, without a decision for {rules.letter_text_days} days: {self.nominations}.",
            f"Lines of money, {rules.money_years} years after their day: {self.money_lines}.",
            f"Feedback with free text, {rules.feedback_months} months after: {self.feedback_texts}.",
            f"What was asked by public forms, {rules.requests_months} months after: {self.requests}.",
            f"People to look at, {rules.contact_review_months} months without a sign:"
            f" {self.contacts_to_review} (listed, not erased).",
            f"Audit trail, {rules.audit_years} years: kept; see docs/personal-data.md.",
        ]


@dataclass(frozen=True)
class QuietContact:
    """Somebody of whom there was no sign for long; ``last_at`` None when there never was one."""

    person: Person
    last_at: datetime | None


def due(session: Session, rules: RetentionRules, now: datetime) -> Counts:
    """What would go now. It changes nothing."""
    expired = select(func.count()).where(
        col(AddressChange.expires_at) <= now, col(AddressChange.new_address) != ""
    )
    return Counts(
        needs=len(_needs_over(session, rules, now)),
        letter_texts=count_letters(session, texts_due(rules.letter_texts_before(now))),
        letter_facts=count_letters(session, facts_due(rules.letter_facts_before(now))),
        new_addresses=session.exec(expired).one(),
        attendance=len(attendance_due(session, rules.attendance_before(now))),
        nominations=nominations_due(session, rules.letter_texts_before(now)),
        money_lines=lines_due(session, rules.money_before(now)),
        feedback_texts=feedback_texts_due(session, rules.feedback_before(now)),
        requests=requests_due(session, rules.requests_before(now), now),
        contacts_to_review=quiet_count(session, rules, now),
    )


def apply(transaction: Transaction, rules: RetentionRules, now: datetime) -> Counts:
    """Let go what is due, in short transactions; what went. The audit trail has it when something did."""
    texts = _in_parts(transaction, lambda session: forget_texts(session, rules.letter_texts_before(now)))
    facts = _in_parts(transaction, lambda session: forget_facts(session, rules.letter_facts_before(now)))
    with transaction() as session:
        audit.wait_for_turn(session)
        needs = _needs_over(session, rules, now)
        session.connection().execute(delete(_NEEDS).where(_NEEDS.c.id.in_(needs)))
        counts = Counts(
            needs=len(needs),
            letter_texts=texts,
            letter_facts=facts,
            new_addresses=forget_expired(session, now),
            attendance=forget_attendance(session, rules.attendance_before(now)),
            nominations=forget_nominations(session, rules.letter_texts_before(now), now),
            money_lines=forget_lines(session, rules.money_before(now)),
            feedback_texts=forget_feedback_authors(session, rules.feedback_before(now)),
            requests=forget_requests(session, rules.requests_before(now), now),
            contacts_to_review=quiet_count(session, rules, now),
        )
        if any(counts.gone.values()):
            after = dict(asdict(counts))
            audit.record(session, actor=None, action=ACTION, subject="retention", after=after, now=now)
    return counts


def quiet_contacts(
    session: Session, rules: RetentionRules, now: datetime, *, page: int = 1
) -> Paged[QuietContact]:
    """A page of people in the network without a sign for as long as the rule says, the longest first.

    A sign is whatever they did themselves, and that a coordinator entered, edited or reviewed them.
    """
    signs = _signs()
    last_at = _last_of(signs.c.acted_at, signs.c.told_at)
    statement = (
        select(Person)
        .join(signs, signs.c.id == col(Person.id))
        .where(_is_long_ago(last_at, rules, now))
        .order_by(last_at.is_not(None), last_at, col(Person.name), col(Person.id))
    )
    found = page_of_query(session, statement, page, joinedload(Person.city))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ids = [person.id for person in found.rows]
    shown = sa_select(col(Person.id), _last_of(*_sign())).where(col(Person.id).in_(ids))
    last = dict(session.execute(shown).all())
    return Paged([QuietContact(one, last[one.id]) for one in found.rows], found.found, found.number)


def quiet_count(session: Session, rules: RetentionRules, now: datetime) -> int:
    """How many people that are."""
    signs = _signs()
    is_quiet = _is_long_ago(_last_of(signs.c.acted_at, signs.c.told_at), rules, now)
    return session.exec(select(func.count()).select_from(signs).where(is_quiet)).one()


def _signs() -> CTE:
    """Of each person in the network when they last did something, and when somebody last did of them.

    It is looked up once for each person, and not at every place where a statement names it.
    """
    acted_at, told_at = _sign()
    return (
        sa_select(col(Person.id), acted_at.label("acted_at"), told_at.label("told_at"))
        .where(col(Person.is_active), col(Person.erased_at).is_(None))
        .cte("signs")
        .prefix_with("MATERIALIZED")
    )


def _is_long_ago(
    last_at: ColumnElement[datetime], rules: RetentionRules, now: datetime
) -> ColumnElement[bool]:
    return or_(last_at.is_(None), last_at < rules.review_before(now))


def _last_of(acted_at: ColumnElement[datetime], told_at: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """The later of the two; NULL: never."""
    return case(
        (acted_at.is_(None), told_at),
        (told_at.is_(None), acted_at),
        (acted_at > told_at, acted_at),
        else_=told_at,
    )


def _sign() -> tuple[ColumnElement[datetime], ColumnElement[datetime]]:
    """When a person last did something, and when somebody entered, edited or reviewed them."""
    at = func.max(AuditEntry.at)
    acted = select(at).where(col(AuditEntry.actor_id) == col(Person.id)).scalar_subquery()
    subject = literal("person:") + cast(col(Person.id), String)
    is_sign = col(AuditEntry.action).in_(_CAME_BY)
    about = select(at).where(col(AuditEntry.subject) == subject, is_sign).scalar_subquery()
    return acted, about


def _needs_over(session: Session, rules: RetentionRules, now: datetime) -> list[int]:
    """Needs whose event ended so long ago. Events to come are not looked at."""
    grace = timedelta(days=rules.needs_days)
    found = session.exec(select(AttendanceNeed).options(joinedload(AttendanceNeed.training)))  # type: ignore[arg-type]  # as above
    return [one.id or 0 for one in found if MeetingOf(training=one.training).ends_at + grace <= now]


def _in_parts(transaction: Transaction, forget: Callable[[Session], int]) -> int:
    count = 0
    while True:
        with transaction() as session:
            part = forget(session)
        count += part
        if part < AT_ONCE:
            return count
