"""Projects out of the database, and what their form offers to who fills it in. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.access.lesson_things import thing_of_lesson
from exchange.access.product_things import about, thing_of_product
from exchange.access.things import thing_of_round, thing_of_training
from exchange.city_calendars import every_city
from exchange.errors import Conflict, NotFound
from exchange.follow_up.queries import lesson_options, product_options
from exchange.models import (
    City,
    Deliverable,
    Lesson,
    Need,
    NeedsRound,
    Organisation,
    Product,
    Project,
    Theme,
    TrainingEvent,
)
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing

STALE = (
    "This was changed by somebody else meanwhile. Nothing of yours was saved:"
    " open it again, look at what changed, and repeat yours."
)
Pairs = Sequence[tuple[int, str]]  # ids with their words


@dataclass(frozen=True)
class Offered:
    """What a project may name, as far as the reader may know of it."""

    cities: Pairs
    organisations: Pairs
    themes: Pairs
    needs: Pairs
    lessons: Pairs
    products: Pairs
    trainings: Pairs


def projects_found(session: Session) -> Sequence[Project]:
    """All projects: those that go on first, then by their first day, the latest first."""
    return session.exec(
        select(Project)
        .options(*project_options())
        .order_by(col(Project.closed_at).is_not(None), col(Project.starts_on).desc(), col(Project.id).desc())
    ).all()


def project(session: Session, project_id: int) -> Project:
    """One project. Raises NotFound."""
    found = session.exec(select(Project).where(Project.id == project_id).options(*project_options())).first()
    if found is None:
        raise NotFound("There is no such project.")
    return found


def claim_project(session: Session, project_id: int, *, version: int) -> Project:
    """The same, locked until the transaction ends. Raises Conflict when it was changed meanwhile."""
    session.exec(select(Project.id).where(Project.id == project_id).with_for_update()).first()
    found = project(session, project_id)
    if found.version != version:
        raise Conflict(STALE)
    return found


def deliverable(session: Session, deliverable_id: int) -> Deliverable:
    """One deliverable with its project. Raises NotFound."""
    row = session.get(Deliverable, deliverable_id)
    if row is None:
        raise NotFound("There is no such page, or it is not for you to see.")
    found = project(session, row.project_id)
    return next(one for one in found.deliverables if one.id == deliverable_id)


def claim_deliverable(session: Session, deliverable_id: int, *, version: int) -> Deliverable:
    """The same, locked until the transaction ends. Raises Conflict when it was changed meanwhile."""
    number = Deliverable.id
    session.exec(select(number).where(number == deliverable_id).with_for_update()).first()
    found = deliverable(session, deliverable_id)
    if found.version != version:
        raise Conflict(STALE)
    return found


def project_options() -> list[ORMOption]:
    """What a project shows, and what rights on it and on what it names need."""
    round_ = joinedload(Project.need).joinedload(Need.round)  # type: ignore[arg-type]  # SQLModel types relations as their values
    owed = selectinload(Project.deliverables)  # type: ignore[arg-type]  # as above
    events = selectinload(Project.trainings)  # type: ignore[arg-type]  # as above
    return [
        round_.selectinload(NeedsRound.cities),  # type: ignore[arg-type]  # as above
        joinedload(Project.lesson).options(*lesson_options()),  # type: ignore[arg-type]  # as above
        joinedload(Project.lead_city),  # type: ignore[arg-type]  # as above
        joinedload(Project.lead_organisation),  # type: ignore[arg-type]  # as above
        selectinload(Project.partners),  # type: ignore[arg-type]  # as above
        selectinload(Project.themes),  # type: ignore[arg-type]  # as above
        selectinload(Project.products).options(*product_options()),  # type: ignore[arg-type]  # as above
        events.selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        events.selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        owed.joinedload(Deliverable.owner),  # type: ignore[arg-type]  # as above
        owed.joinedload(Deliverable.owner_city),  # type: ignore[arg-type]  # as above
    ]


def offered(session: Session, standing: Standing, today: date, keep: Project | None = None) -> Offered:
    """What the form offers; of ``keep`` also what it names already, without a name where it is not known."""
    cities = [(one.id or 0, one.name) for one in _cities_of(session, today, keep)]
    organisations = session.exec(select(Organisation).order_by(col(Organisation.name))).all()
    themes = session.exec(select(Theme).order_by(col(Theme.key))).all()
    needs = [(one.id or 0, one.theme_name) for one in _needs(session) if _knows_need(standing, one)]
    lessons = [(one.id or 0, one.title) for one in _lessons(session) if knows_lesson(standing, one)]
    products = [(one.id or 0, title_of(one)) for one in _products(session) if knows_product(standing, one)]
    trainings = [(one.id or 0, one.title) for one in _trainings(session) if knows_training(standing, one)]
    return Offered(
        cities=cities,
        organisations=[(one.id or 0, one.name) for one in organisations],
        themes=[(one.id or 0, f"{one.key} {one.name}") for one in themes],
        needs=_with_kept(needs, [keep.need_id] if keep else []),
        lessons=_with_kept(lessons, [keep.lesson_id] if keep else []),
        products=_with_kept(products, [one.id for one in keep.products] if keep else []),
        trainings=_with_kept(trainings, [one.id for one in keep.trainings] if keep else []),
    )


def knows_lesson(standing: Standing, one: Lesson) -> bool:
    """Whether somebody may know of a finding that a project names."""
    return may(standing, Right.READ, thing_of_lesson(one))


def knows_product(standing: Standing, one: Product) -> bool:
    """The same of a product that is out."""
    return may(standing, Right.READ, thing_of_product(one, about(one)))


def knows_training(standing: Standing, one: TrainingEvent) -> bool:
    """The same of an event."""
    return may(standing, Right.READ, thing_of_training(one))


def known_need(standing: Standing, one: Need | None) -> Need | None:
    """The need, for who may know of it."""
    return one if one is not None and _knows_need(standing, one) else None


def title_of(product: Product) -> str:
    """The title of a product as it was published, else of its last version."""
    out = [one for one in product.versions if one.number == product.published_number]
    return (out or product.versions)[-1].title


def _knows_need(standing: Standing, one: Need) -> bool:
    return may(standing, Right.READ, thing_of_round(one.round))


def _cities_of(session: Session, today: date, keep: Project | None) -> list[City]:
    present = {keep.lead_city_id} | {one.owner_city_id for one in keep.deliverables} if keep else set()
    return [one for one in every_city(session) if one.status_on(today) or one.id in present]


def _needs(session: Session) -> Sequence[Need]:
    round_ = joinedload(Need.round).selectinload(NeedsRound.cities)  # type: ignore[arg-type]  # as above
    return session.exec(select(Need).options(round_).order_by(col(Need.theme_name), col(Need.id))).all()


def _lessons(session: Session) -> Sequence[Lesson]:
    return session.exec(select(Lesson).options(*lesson_options()).order_by(col(Lesson.title))).all()


def _products(session: Session) -> Sequence[Product]:
    is_out = col(Product.published_at).is_not(None)
    return session.exec(
        select(Product).where(is_out).options(*product_options()).order_by(col(Product.id))
    ).all()


def _trainings(session: Session) -> Sequence[TrainingEvent]:
    return session.exec(
        select(TrainingEvent)
        .options(
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(TrainingEvent.on_local).desc(), col(TrainingEvent.id))
    ).all()


def _with_kept(pairs: Pairs, present: Iterable[int | None]) -> Pairs:
    """Also what stands there already and the reader may not know of, so that saving keeps it."""
    known = {number for number, _words in pairs}
    hidden = [one for one in present if one is not None and one not in known]
    return [*pairs, *((one, _("Something that is not open to you")) for one in hidden)]
