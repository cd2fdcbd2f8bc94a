"""What is done with projects and what they hand over, each with its audit entry. Commits nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.access.named_people import named_people
from exchange.access.project_things import thing_of_deliverable
from exchange.access.standings import standing_of
from exchange.audit import kept_text
from exchange.audit.markings import record_marking
from exchange.errors import Conflict, InvalidInput
from exchange.lifecycle import check_lowering
from exchange.mail.outbox.letter_queue import DUTIES
from exchange.mail.outbox.withdrawals import withdraw_kinds
from exchange.models import Deliverable, Organisation, Person, Product, Project, Theme, TrainingEvent
from exchange.projects.drafts import DeliverableDraft, ProjectDraft, check_deliverable, check_project
from exchange.rules.access.policy import Right, may
from exchange.rules.evidence import checked_link_or_sentence
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking

_TEXTS = frozenset({"name", "funder", "text", "commission", "outcome", "evidence", "withdrawn_reason"})


@dataclass(frozen=True)
class Decider:
    """Who decides, and when."""

    actor: Person
    now: datetime


def add_project(session: Session, draft: ProjectDraft, *, by: Decider) -> Project:
    """A new project. Raises InvalidInput at the field that cannot be right."""
    check_project(draft)
    named_ids = named_people(session, draft.marking, draft.named)
    columns = draft.columns()
    made = Project(created_at=by.now, named_ids=named_ids, **columns)  # type: ignore[arg-type]  # columns by their names
    with session.no_autoflush:
        _tie(session, made, draft)
    session.add(made)
    _record(session, made, "add project", by, None, _facts(made))
    return made


def edit_project(
    session: Session, project: Project, draft: ProjectDraft, *, reason: str, by: Decider
) -> None:
    """Make the project what the draft says. Its marking falls only for a ``reason``.

    Raises InvalidInput as add_project does, and Conflict once it is closed.
    """
    _check_open(project)
    check_project(draft)
    check_lowering(Marking(project.marking), draft.marking, reason)
    before, named_before = _facts(project), project.named_ids
    project.named_ids = named_people(session, draft.marking, draft.named, project.named_ids)
    with session.no_autoflush:
        for name, value in draft.columns().items():
            setattr(project, name, value)
        _tie(session, project, draft)
    after = _facts(project)
    if before == after and named_before == project.named_ids:
        return
    project.version += 1
    session.flush()
    _take_back_letters(session)
    subject, was = f"project:{project.id}", str(before.pop("marking"))
    after.pop("marking")
    record_marking(session, subject, was, project.marking, actor=by.actor, reason=reason, now=by.now)
    changed = {name for name in before if before[name] != after[name]}
    if changed:
        old, new = ({name: facts[name] for name in sorted(changed)} for facts in (before, after))
        _record(session, project, "edit project", by, old, new)


def close_project(session: Session, project: Project, outcome: str, *, by: Decider) -> None:
    """It is over: what came of it is kept, and what it has not handed over nobody owes any more."""
    _check_open(project)
    said = outcome.strip()
    if not said:
        raise InvalidInput("Say what came of it, in some sentences.", field="outcome")
    refuse_state_secrets(said, field="outcome")
    project.closed_at, project.outcome = by.now, said
    project.version += 1
    _take_back_letters(session)
    _record(session, project, "close project", by, None, {"outcome": kept_text(said)})


def add_deliverable(
    session: Session, project: Project, draft: DeliverableDraft, *, by: Decider
) -> Deliverable:
    """What the project hands over. Raises InvalidInput, at "owner" for who may not know of the project."""
    _check_open(project)
    check_deliverable(draft)
    made = Deliverable(
        project=project, project_id=project.id or 0, text="", due_on=draft.due_on, created_at=by.now
    )
    with session.no_autoflush:
        _fill(session, made, draft, by)
    session.add(made)
    _record(session, made, "add deliverable", by, None, _facts_of_deliverable(made))
    return made


def edit_deliverable(session: Session, row: Deliverable, draft: DeliverableDraft, *, by: Decider) -> None:
    """Make it what the draft says; one that is withdrawn nobody owes. Raises as add_deliverable does."""
    _check_open(row.project)
    if row.done_at is not None:
        raise Conflict("This is done: what was handed over stays as it is.")
    check_deliverable(draft)
    before = _facts_of_deliverable(row)
    with session.no_autoflush:
        _fill(session, row, draft, by)
    after = _facts_of_deliverable(row)
    if before == after:
        return
    row.version += 1
    _take_back_letters(session)
    changed = sorted(name for name in before if before[name] != after[name])
    old, new = ({name: facts[name] for name in changed} for facts in (before, after))
    _record(session, row, "edit deliverable", by, old, new)


def hand_over(session: Session, row: Deliverable, evidence: str, *, by: Decider) -> None:
    """It is done, with what shows it. Raises InvalidInput at "evidence", Conflict where nobody owes it."""
    _check_open(row.project)
    if row.done_at is not None or row.withdrawn_reason:
        raise Conflict("Nobody owes this any more.")
    row.evidence, row.done_at = checked_link_or_sentence(evidence), by.now
    row.version += 1
    _take_back_letters(session)
    _record(session, row, "hand over", by, None, {"evidence": kept_text(row.evidence)})


def _check_open(project: Project) -> None:
    if project.closed_at is not None:
        raise Conflict("This project is closed, and stays as it is.")


def _tie(session: Session, project: Project, draft: ProjectDraft) -> None:
    """Partners, themes, products and events, by their ids."""
    project.partners = list(
        session.exec(select(Organisation).where(col(Organisation.id).in_(draft.partner_ids)))
    )
    project.themes = list(session.exec(select(Theme).where(col(Theme.id).in_(draft.theme_ids))))
    project.products = list(session.exec(select(Product).where(col(Product.id).in_(draft.product_ids))))
    trainings = select(TrainingEvent).where(col(TrainingEvent.id).in_(draft.training_ids))
    project.trainings = list(session.exec(trainings))


def _fill(session: Session, row: Deliverable, draft: DeliverableDraft, by: Decider) -> None:
    row.text, row.due_on = draft.text.strip(), draft.due_on
    row.withdrawn_reason = draft.withdrawn_reason.strip()
    owner = _owner(session, row, draft.owner, by) if draft.owner.strip() else None
    row.owner, row.owner_id, row.owner_city_id = owner, owner.id if owner else None, draft.owner_city_id


def _owner(session: Session, row: Deliverable, address: str, by: Decider) -> Person:
    found = session.exec(
        select(Person).where(Person.email == address.strip().lower(), col(Person.is_active))
    ).first()
    if found is None:
        raise InvalidInput(
            "%(address)s is nobody's address here: name somebody who is in the network.",
            field="owner",
            address=address.strip()[:80],
        )
    thing = thing_of_deliverable(row)
    owner = frozenset({found.id or 0})
    container = replace(thing.container, authors=owner) if thing.container else None
    as_owner = replace(thing, authors=owner, lead_city=None, container=container)
    if not may(standing_of(session, found, by.now), Right.WRITE, as_owner):
        raise InvalidInput(
            "%(name)s may not know of this by its marking, or is no longer of the network.",
            field="owner",
            name=found.name,
        )
    return found


def _take_back_letters(session: Session) -> None:
    """Take back what waits to tell what is owed: the next tick writes anew what still holds."""
    withdraw_kinds(session, (DUTIES,), cycle_id=None, why="A project was changed.")


def _facts(project: Project) -> dict[str, object]:
    """The project as the trail keeps it: of texts digests."""
    names = ("name", "funder", "text", "source", "need_id", "lesson_id", "decision_id", "commission")
    facts = {name: getattr(project, name) for name in (*names, "lead_city_id", "lead_organisation_id")}
    facts |= {name: kept_text(str(value)) for name, value in facts.items() if name in _TEXTS}
    days = {name: str(getattr(project, name) or "") for name in ("starts_on", "ends_on")}
    ties = {
        name: sorted(one.id or 0 for one in getattr(project, name))
        for name in ("partners", "themes", "products", "trainings")
    }
    return {**facts, **days, **ties, "marking": project.marking}


def _facts_of_deliverable(row: Deliverable) -> dict[str, object]:
    """The same of what it hands over: people by number."""
    return {
        "text": kept_text(row.text),
        "owner_id": f"person:{row.owner_id}" if row.owner_id else "",
        "owner_city_id": row.owner_city_id,
        "due_on": str(row.due_on),
        "withdrawn_reason": kept_text(row.withdrawn_reason),
    }


def _record(
    session: Session,
    row: Project | Deliverable,
    action: str,
    by: Decider,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> None:
    session.flush()
    noun = "project" if isinstance(row, Project) else "deliverable"
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=f"{noun}:{row.id}",
        before=before,
        after=after,
        now=by.now,
    )
