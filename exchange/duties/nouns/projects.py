"""What projects hand over, with who owes it now. Reads only, in a fixed number of statements."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.city_leads import city_leads
from exchange.access.project_things import thing_of_deliverable
from exchange.access.standings import standings_of
from exchange.duties.listed import Listed, Window
from exchange.models import City, Deliverable, Person, Project
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY
from exchange.rules.duties.deliverables import DeliverableFacts, deliverable_duty
from exchange.rules.duties.duty import Owner, Role
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time

DELIVERABLE = "deliverable"  # a kind of config/duties.toml
CLOSED = "The project is closed."


def duties_of_projects(session: Session, window: Window) -> Iterator[Listed]:
    """Of whoever owns them; of an owner who has left or may not know of it, the coordinators'."""
    owner = joinedload(Deliverable.owner)  # type: ignore[arg-type]  # SQLModel types relations as their values
    project = joinedload(Deliverable.project)  # type: ignore[arg-type]  # as above
    found = session.exec(
        select(Deliverable)
        .where(col(Deliverable.due_on).between(window.first_on, window.last_on))
        .options(
            project.selectinload(Project.partners),  # type: ignore[arg-type]  # as above
            project.selectinload(Project.deliverables),  # type: ignore[arg-type]  # as above
            owner.selectinload(Person.roles),  # type: ignore[arg-type]  # as above
            owner.joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            joinedload(Deliverable.owner_city),  # type: ignore[arg-type]  # as above
        )
    ).all()
    if found:
        yield from _listed(session, found, window)


def _listed(session: Session, found: Sequence[Deliverable], window: Window) -> Iterator[Listed]:
    leads = city_leads(session, [one.owner_city_id for one in found if one.owner_city_id])
    people = {one.owner.id: one.owner for one in found if one.owner}
    people |= {person.id: person for of_city in leads.values() for person in of_city}
    on = wall_time(window.now, "UTC").on
    standings = standings_of(session, list(people.values()), on, is_some=True) if people else {}
    for one in found:
        thing, city = thing_of_deliverable(one), one.owner_city or (one.owner.city if one.owner else None)
        who = [one.owner] if one.owner else leads.get(one.owner_city_id or 0, ())
        is_theirs = any(may(standings.get(p.id or 0, NOBODY), Right.WRITE, thing) for p in who)
        facts = DeliverableFacts(
            id=one.id or 0,
            text=one.text,
            project=one.project.name,
            owner=_owner(one) if is_theirs else Owner(Role.COORDINATOR),
            due_on=one.due_on,
            time_zone=city.time_zone if city else "UTC",
            marking=Marking(one.project.marking),
            done_at=one.done_at,
            evidence=one.evidence,
            void=one.withdrawn_reason or (CLOSED if one.project.closed_at else ""),
        )
        yield Listed(deliverable_duty(facts), DELIVERABLE, thing, f"/deliverables/{one.id}/done", Right.WRITE)


def _owner(one: Deliverable) -> Owner:
    return Owner(Role.PERSON, one.owner_id) if one.owner_id else Owner(Role.CITY_LEAD, one.owner_city_id)
