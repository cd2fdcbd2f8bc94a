"""Answers as pages need them: what a link's holder may do, a party's answers, one answer for a reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.standings import standing_of
from exchange.answering.answer_status import party_name
from exchange.answering.ask_days import closes_at, due_day_of, of_plans, takes_answers
from exchange.answering.subjects import subject_key
from exchange.errors import NotFound
from exchange.follow_up.asked_findings import AskedFinding, asked_findings
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    AskRow,
    Attachment,
    City,
    Contribution,
    ContributionVersion,
    Cycle,
    ExpertGroup,
    FindingsRound,
    NeedsRound,
    Person,
    Round,
    Subject,
    TrainingEvent,
)
from exchange.rules.access.standing import Standing
from exchange.rules.asks.question_kinds import RowOf
from exchange.rules.asks.templates_file import AskTemplate
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.answer_deadlines import last_day


@dataclass(frozen=True)
class Plans:
    """What asks go by: the stage plan and the templates of config/asks.toml."""

    stages: StagePlan
    templates: Mapping[str, AskTemplate]


@dataclass(frozen=True)
class AnswerAccess:
    """What one person sees of one task: the questions, what is saved, and until when it may change.

    ``standing`` is its holder's at this moment; ``template`` None when config/asks.toml has it no more;
    ``findings`` by row what a findings round asks them about.
    """

    addressee: AskAddressee
    contribution: Contribution | None
    last_on: date
    closes_at: datetime
    is_open: bool
    is_chair: bool
    standing: Standing
    template: AskTemplate | None
    findings: Mapping[int, AskedFinding]

    @property
    def party(self) -> AskParty:
        """The city or group that answers."""
        return self.addressee.party

    @property
    def ask(self) -> Ask:
        """The ask that it belongs to."""
        return self.party.ask

    @property
    def subject(self) -> Subject:
        """What is asked about."""
        return self.ask.subject

    @property
    def groups(self) -> Sequence[ExpertGroup]:
        """The groups that take part, to which an answer may be shown."""
        return () if isinstance(self.subject, Round) else self.subject.groups

    @property
    def subject_key(self) -> str:
        """What is asked about, as the audit trail names it."""
        return subject_key(self.ask)

    @property
    def questions(self) -> Sequence[AskQuestion]:
        """What is asked, in order."""
        return self.ask.questions

    @property
    def rows(self) -> Sequence[AskRow]:
        """What some of them are answered for, in order: of findings those still open that are for them."""
        return [row for row in self.ask.rows if row.per != RowOf.FINDING or row.id in self.findings]

    @property
    def takes_more(self) -> bool:
        """Whether there is room for a practice note, links and files beside the questions."""
        return self.ask.is_of_plan or (self.template is not None and self.template.takes_more)

    @property
    def holder(self) -> Person:
        """Who answers."""
        return self.addressee.holder

    @property
    def party_name(self) -> str:
        """The city's or the group's name, "" of who was asked by themselves."""
        return party_name(self.party)

    @property
    def of_addressee(self) -> int | None:
        """What a contribution is kept under beside the party: nothing for a city."""
        return None if self.party.city_id else self.addressee.id

    @property
    def files(self) -> list[Attachment]:
        """Files that were not taken away again."""
        return files_of(self.contribution) if self.contribution else []

    @property
    def has_news(self) -> bool:
        """Whether something was saved since the answer was handed in, or none was handed in."""
        one = self.contribution
        return one is not None and (one.submitted_at is None or one.changed_at > one.submitted_at)


def answer_access(session: Session, addressee_id: int, *, plans: Plans, now: datetime) -> AnswerAccess:
    """What one addressee may see and change. Raises NotFound."""
    addressee = session.exec(
        select(AskAddressee).where(col(AskAddressee.id) == addressee_id).options(*_addressee_options())
    ).first()
    if addressee is None:
        raise NotFound("There is no such page, or it is not for you to see.")
    party = addressee.party
    ask, zone = party.ask, addressee.holder.city.time_zone
    last_on = last_day(due_day_of(ask, plans.stages), party.extended_on, addressee.extended_on)
    standing = standing_of(session, addressee.holder, now)
    return AnswerAccess(
        addressee=addressee,
        contribution=contribution_of(session, party.id or 0, None if party.city_id else addressee.id),
        last_on=last_on,
        closes_at=closes_at(ask, last_on, zone),
        is_open=takes_answers(ask, last_on, zone, now),
        is_chair=_is_chair(party, addressee.holder_id),
        standing=standing,
        template=plans.templates.get(ask.template),
        findings=asked_findings(session, ask, party.city_id, standing),
    )


def contribution_of(session: Session, party_id: int, addressee_id: int | None) -> Contribution | None:
    """What was saved for a city (addressee None) or by a member of a group, with files and groups."""
    of = col(Contribution.addressee_id)
    return session.exec(
        select(Contribution)
        .where(
            Contribution.party_id == party_id, of.is_(None) if addressee_id is None else of == addressee_id
        )
        .options(*_contribution_options())
    ).first()


def answers_of_party(session: Session, party_id: int) -> list[Contribution]:
    """All answers of a city or a group that were handed in, with what was handed in last."""
    found = session.exec(
        select(Contribution)
        .where(Contribution.party_id == party_id, col(Contribution.submitted_at).is_not(None))
        .options(*_contribution_options())
        .order_by(col(Contribution.id))
    )
    return list(found)


def answers_of_cycle(session: Session, cycle_id: int) -> list[Contribution]:
    """All answers of a cycle that were handed in, cities first."""
    return list(session.exec(handed_in_for(cycle_id).options(*_contribution_options())))


def handed_in_for(cycle_id: int) -> SelectOfScalar[Contribution]:
    """The statement that finds those to the asks of the stage plan, without anything beside them."""
    return (
        select(Contribution)
        .join(AskParty, col(Contribution.party_id) == AskParty.id)
        .join(Ask, col(AskParty.ask_id) == Ask.id)
        .where(of_plans(), Ask.cycle_id == cycle_id, col(Contribution.submitted_at).is_not(None))
        .order_by(col(Ask.template), col(Contribution.id))
    )


def contribution_by_id(session: Session, contribution_id: int) -> Contribution:
    """One answer that was handed in, with all that a page shows of it. Raises NotFound."""
    found = session.exec(
        select(Contribution).where(col(Contribution.id) == contribution_id).options(*_contribution_options())
    ).first()
    if found is None or found.submitted_at is None:
        raise NotFound("There is no such answer, or it is not for you to see.")
    return found


def file_of(contribution: Contribution | None, attachment_id: int) -> Attachment:
    """A file of one's own contribution. Raises NotFound when it has none such, or none any more."""
    return _one_of(files_of(contribution) if contribution else [], attachment_id)


def file_for_readers(contribution: Contribution | None, attachment_id: int) -> Attachment:
    """The same of what was handed in. Raises NotFound for what its author has not handed in yet."""
    return _one_of(files_handed_in(contribution) if contribution else [], attachment_id)


def files_of(contribution: Contribution) -> list[Attachment]:
    """The files of a contribution that were not taken away again."""
    return [one for one in contribution.attachments if one.removed_at is None]


def files_handed_in(contribution: Contribution) -> list[Attachment]:
    """Those that readers see: a file added since belongs to a draft, which may get another marking."""
    until = handed_in(contribution).submitted_at
    return [one for one in files_of(contribution) if one.added_at <= until]


def _one_of(files: Sequence[Attachment], attachment_id: int) -> Attachment:
    found = [one for one in files if one.id == attachment_id]
    if not found:
        raise NotFound("There is no such file, or it is not for you to see.")
    return found[0]


def handed_in(contribution: Contribution) -> ContributionVersion:
    """What was handed in last: readers see this, and not a draft begun since."""
    return contribution.versions[-1]


def parties_held_by(session: Session, person_id: int, cycle_id: int) -> list[AskAddressee]:
    """The tasks of one cycle that a person holds, of those the stage plan makes."""
    found = session.exec(
        select(AskAddressee)
        .join(AskParty, col(AskAddressee.party_id) == AskParty.id)
        .join(Ask, col(AskParty.ask_id) == Ask.id)
        .where(of_plans(), Ask.cycle_id == cycle_id, AskAddressee.holder_id == person_id)
        .options(*_addressee_options())
    )
    return list(found)


def _is_chair(party: AskParty, person_id: int) -> bool:
    seats = party.group.members if party.group else []
    return any(seat.is_chair and seat.person_id == person_id for seat in seats)


def _addressee_options() -> tuple[ORMOption, ...]:
    party = joinedload(AskAddressee.party)  # type: ignore[arg-type]  # SQLModel types relations as their values
    ask = party.joinedload(AskParty.ask)  # type: ignore[arg-type]  # as above
    cycle = ask.joinedload(Ask.cycle)  # type: ignore[arg-type]  # as above
    training = ask.joinedload(Ask.training)  # type: ignore[arg-type]  # as above
    round_ = ask.joinedload(Ask.needs_round)  # type: ignore[arg-type]  # as above
    return (
        joinedload(AskAddressee.person),  # type: ignore[arg-type]  # as above
        joinedload(AskAddressee.holder).joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        joinedload(AskAddressee.holder).selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        party.joinedload(AskParty.city),  # type: ignore[arg-type]  # as above
        party.joinedload(AskParty.group).selectinload(ExpertGroup.members),  # type: ignore[arg-type]  # as above
        ask.selectinload(Ask.questions),  # type: ignore[arg-type]  # as above
        ask.selectinload(Ask.rows),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.stages),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
        cycle.joinedload(Cycle.theme),  # type: ignore[arg-type]  # as above
        cycle.joinedload(Cycle.lead_city),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        training.joinedload(TrainingEvent.theme),  # type: ignore[arg-type]  # as above
        round_.selectinload(NeedsRound.cities),  # type: ignore[arg-type]  # as above
        round_.joinedload(NeedsRound.city),  # type: ignore[arg-type]  # as above
        ask.joinedload(Ask.findings_round).joinedload(FindingsRound.city),  # type: ignore[arg-type]  # as above
    )


def _contribution_options() -> tuple[ORMOption, ...]:
    party = joinedload(Contribution.party)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return (
        party.joinedload(AskParty.city),  # type: ignore[arg-type]  # as above
        party.joinedload(AskParty.group),  # type: ignore[arg-type]  # as above
        party.joinedload(AskParty.ask).selectinload(Ask.questions),  # type: ignore[arg-type]  # as above
        party.joinedload(AskParty.ask).selectinload(Ask.rows),  # type: ignore[arg-type]  # as above
        party.selectinload(AskParty.addressees),  # type: ignore[arg-type]  # as above
        joinedload(Contribution.author).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        selectinload(Contribution.groups),  # type: ignore[arg-type]  # as above
        selectinload(Contribution.attachments),  # type: ignore[arg-type]  # as above
        selectinload(Contribution.versions).joinedload(ContributionVersion.person),  # type: ignore[arg-type]  # as above
    )
