"""One house of every marking: exchanges, events, answers, files and products with texts that tell on them.

Each text is a canary: where it is read, its thing was shown. Whether its reader may be shown it, the
policy says of the person as they stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sqlmodel import Session, select

from exchange.access.board_things import (
    thing_of_board_meeting,
    thing_of_decision,
    thing_of_minutes,
    thing_of_paper,
)
from exchange.access.lesson_things import thing_of_action, thing_of_lesson, thing_of_progress
from exchange.access.note_things import thing_of_note
from exchange.access.product_things import About, thing_of_draft, thing_of_product
from exchange.access.project_things import thing_of_project
from exchange.access.request_things import thing_of_request
from exchange.access.standings import standing_of
from exchange.access.things import (
    MONEY,
    ROTATION,
    thing_of_answer,
    thing_of_ask,
    thing_of_cycle,
    thing_of_preparation,
    thing_of_round,
    thing_of_training,
)
from exchange.figures.section import Section, stored
from exchange.models import (
    Agreement,
    AgreementParty,
    AgreementPayer,
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    AskRow,
    Attachment,
    BoardDecision,
    BoardMeeting,
    BoardMember,
    BoardPaper,
    City,
    Contribution,
    ContributionVersion,
    Cycle,
    Deliverable,
    ExpertGroup,
    FindingsRound,
    FrozenFigures,
    Headway,
    ImprovementAction,
    Invitation,
    Lesson,
    LessonKind,
    LessonProgress,
    MoneyLine,
    Need,
    NeedsRound,
    NeedsRoundTheme,
    NeedsShowing,
    NetworkRequest,
    Note,
    Organisation,
    Person,
    Preparation,
    PreparationMember,
    PreparationStep,
    Product,
    ProductKind,
    ProductReviewer,
    ProductVersion,
    Project,
    ProjectSource,
    RequestEvent,
    RequestState,
    Role,
    Rotation,
    RotationKind,
    RotationState,
    StandingDocument,
    Subject,
    Theme,
    TrainingEvent,
    TrainingObjective,
)
from exchange.models.groups import Board
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY, Standing
from exchange.rules.access.things import Thing
from exchange.rules.asks.question_kinds import RowOf
from exchange.rules.duties.request_rules import RequestKind
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.rules.money.amounts import Currency
from exchange.rules.money.balances import LineKind
from tests.factories import make_city, make_cycle, make_group, make_person, make_theme, make_training

NOW = datetime(2027, 2, 8, 12, tzinfo=UTC)
LEFT_ON = date(2026, 10, 31)

# What a page says in words of a marking may not be taken for a canary.
WORDS = {
    Marking.CLEAR: "clr",
    Marking.GREEN: "grn",
    Marking.AMBER: "amb",
    Marking.AMBER_STRICT: "ast",
    Marking.RED: "red",
}


@dataclass(frozen=True)
class Canary:
    """A text, and what it gives away; ``rights`` any of which lets somebody read it."""

    text: str
    thing: Thing
    rights: tuple[tuple[Right, Thing], ...]

    def is_for(self, standing: Standing) -> bool:
        return any(may(standing, right, thing) for right, thing in self.rights)


@dataclass
class World:
    """The ids of everything, by the names that routes give their arguments, and who is there."""

    people: dict[str, int] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    ids: dict[str, set[object]] = field(default_factory=dict)
    canaries: list[Canary] = field(default_factory=list)

    def note(self, name: str, value: object) -> None:
        self.ids.setdefault(name, set()).add(value)

    def told(self, text: str) -> Iterator[Canary]:
        return (one for one in self.canaries if one.text in text)


@dataclass
class _Cast:
    stockholm: City
    london: City
    paris: City
    rome: City
    group: ExpertGroup
    theme: Theme
    board: Board
    people: dict[str, Person]


def make_world(session: Session) -> World:
    """Everything, published, under each marking; and one draft of each."""
    world, cast = World(), _people(session)
    for marking in Marking:
        for is_published in (True, False):
            cycle = _cycle(session, world, cast, marking, is_published=is_published)
            event = _training(session, world, cast, marking, is_published=is_published)
            _round(session, world, cast, marking, is_opened=is_published)
            _board_meeting(session, world, cast, marking, is_published=is_published)
            _note(session, world, cast, marking, is_sent=is_published)
            if is_published:
                _answers(session, world, cast, cycle)
                _product(session, world, cast, cycle, _two_on(marking))
                _product(session, world, cast, event, _two_on(marking))
                _product(session, world, cast, None, marking)
                _annual_report(session, world, cast, marking)
                _lesson(session, world, cast, cycle)
        _project(session, world, cast, marking)
    _money(session, world, cast)
    _document(session, world, cast)
    _requests(session, world, cast)
    _turns(session, world, cast)
    _findings_round(session, world, cast)
    session.flush()
    for name, person in cast.people.items():
        session.expire(person)
        world.people[name] = person.id or 0
        world.standings[name] = standing_of(session, person, NOW)
    world.standings["visitor"] = NOBODY
    for city in (cast.stockholm, cast.london, cast.paris, cast.rome):
        world.note("slug", city.slug)
        world.note("city_id", city.id)
    return world


def _people(session: Session) -> _Cast:
    stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
    paris, rome = make_city(session, "Paris"), make_city(session, "Rome", ends_on=LEFT_ON)
    people = {
        "coordinator": make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR]),
        "named coordinator": make_person(session, "Nina", city=stockholm, roles=[Role.COORDINATOR]),
        "lead": make_person(session, "Lena", city=stockholm, roles=[Role.CITY_LEAD]),
        "contact": make_person(session, "Carl", city=london),
        "uninvited contact": make_person(session, "Ugo", city=paris),
        "chair": make_person(session, "Chloe", city=london, roles=[Role.EXPERT]),
        "expert": make_person(session, "Emil", city=london, roles=[Role.EXPERT]),
        "expert in no group": make_person(session, "Olga", city=stockholm, roles=[Role.EXPERT]),
        "board member": make_person(session, "Bea", city=paris, roles=[]),
        "finance contact": make_person(session, "Fay", city=paris, roles=[Role.FINANCE_CONTACT]),
        "auditor": make_person(session, "Ada", city=paris, roles=[Role.AUDITOR]),
        "liaison": make_person(session, "Liv", city=paris, roles=[Role.LIAISON]),
        "nobody": make_person(session, "Noah", city=stockholm, roles=[]),
        "contact of a city that left": make_person(session, "Rita", city=rome),
        "lead of a city that left": make_person(session, "Rolf", city=rome, roles=[Role.CITY_LEAD]),
        "expert of a city that left": make_person(session, "Rune", city=rome, roles=[Role.EXPERT]),
        "moved contact": make_person(session, "Mona", city=paris),
        "expert whose seat ended": make_person(session, "Sven", city=london, roles=[Role.EXPERT]),
        "deactivated contact": make_person(session, "Dana", city=london, is_active=False),
    }
    members = [people["expert"], people["expert of a city that left"]]
    group = make_group(session, "Hostile drones", members=members, chair=people["chair"])
    board = Board(key="B1", name="Executive Board")
    board.members = [BoardMember(person_id=people["board member"].id or 0)]
    session.add(board)
    session.flush()
    return _Cast(stockholm, london, paris, rome, group, make_theme(session, "Drones"), board, people)


def _money(session: Session, world: World, cast: _Cast) -> None:
    """An agreement of one city, with a payer and a line of money."""
    days = date(2026, 4, 1), date(2030, 3, 31)
    payer = Organisation(key="payer", name="Canary-payer")
    session.add(payer)
    session.flush()
    share = AgreementParty(position=1, city_id=cast.london.id, share=1_000_000, year_begins=4)  # type: ignore[call-arg]  # the relationship sets its agreement
    share.payers = [AgreementPayer(position=1, organisation_id=payer.id, share=1_000_000)]  # type: ignore[call-arg]  # likewise its party
    agreement = Agreement(
        title="Canary-agreement",
        host_organisation_id=payer.id or 0,
        host_city_id=cast.london.id or 0,
        starts_on=days[0],
        ends_on=days[1],
        notice_months=6,
        agreed_on=days[0],
        agreed_at=NOW,
        created_at=NOW,
        parties=[share],
    )
    line = MoneyLine(
        kind=LineKind.ACTUAL,
        on_local=date(2027, 1, 4),
        text="Canary-line-of-money",
        amount=100,
        currency=Currency.GBP,
        host_amount=100,
        host_currency=Currency.GBP,
        created_at=NOW,
    )
    session.add_all([agreement, line])
    session.flush()
    names = {"agreement_id": agreement.id, "party_id": share.id, "line_id": line.id}
    for name, value in (names | {"organisation_id": payer.id}).items():
        world.note(name, value)
    for text in (agreement.title, line.text):
        world.canaries.append(Canary(text, MONEY, ((Right.READ, MONEY),)))


def _named(cast: _Cast) -> list[int]:
    return [cast.people[name].id or 0 for name in ("named coordinator", "contact")]


def _cycle(session: Session, world: World, cast: _Cast, marking: Marking, *, is_published: bool) -> Cycle:
    word = WORDS[marking] + ("" if is_published else "draft")
    cycle = make_cycle(
        session,
        lead_city=cast.stockholm,
        cities=[cast.london, cast.rome],
        groups=[cast.group],
        theme=cast.theme,
        title=f"Canary-cycle-{word}",
        marking=marking,
        named_ids=_named(cast) if marking is Marking.RED else [],
        starts_on=date(2027, 1, 11),
        is_published=is_published,
    )
    cycle.sittings[0].join_link = f"https://meet.example.org/canary-join-{word}"
    session.flush()
    thing = thing_of_cycle(cycle)
    draft = thing_of_draft(cycle, None)
    known = ((Right.READ, thing), (Right.WRITE, draft))
    world.canaries.append(Canary(cycle.title, thing, known))
    world.canaries.append(Canary(cycle.sittings[0].join_link, thing, ((Right.READ, thing),)))
    world.note("cycle_id", cycle.id)
    world.note("theme_id", cycle.theme_id)
    world.note("sitting_id", cycle.sittings[0].id)
    return cycle


def _training(
    session: Session, world: World, cast: _Cast, marking: Marking, *, is_published: bool
) -> TrainingEvent:
    word = WORDS[marking] + ("" if is_published else "draft")
    training = make_training(
        session,
        host_city=cast.stockholm,
        cities=[cast.london, cast.rome],
        groups=[cast.group],
        title=f"Canary-event-{word}",
        theme_id=cast.theme.id,
        description=f"Canary-description-{word}",
        place=f"Canary-place-{word}",
        marking=marking,
        named_ids=_named(cast) if marking is Marking.RED else [],
        is_published=is_published,
        on_local=date(2027, 3, 11),
        starts_local=time(10),
    )
    thing = thing_of_training(training)
    for text in (training.title, training.description, training.place):
        world.canaries.append(Canary(text, thing, ((Right.READ, thing),)))
    world.note("training_id", training.id)
    _preparation(session, world, cast, training, word)
    _ask(session, world, training, word, training_id=training.id, template="event-feedback")
    return training


def _ask(session: Session, world: World, about: Subject, word: str, **fields: object) -> None:
    """What those who were there, or those of its cities, are asked by themselves."""
    ask = Ask(**fields, closes_on=date(2027, 3, 25), created_at=NOW, changed_at=NOW)
    ask.questions = [
        AskQuestion(position=1, text=f"Canary-question-{word}", kind="scale", options=["no", "yes"])
    ]
    session.add(ask)
    session.flush()
    world.note("ask_id", ask.id)
    thing = thing_of_ask(about)
    world.canaries.append(Canary(ask.questions[0].text, thing, ((Right.READ, thing),)))


def _preparation(session: Session, world: World, cast: _Cast, training: TrainingEvent, word: str) -> None:
    """Planned by the expert, and by one who speaks for a city that left."""
    planners = [cast.people[name].id or 0 for name in ("expert", "contact of a city that left")]
    row = Preparation(training_id=training.id or 0)
    row.members = [PreparationMember(person_id=one) for one in planners]
    row.objectives = [TrainingObjective(position=1, text=f"Canary-objective-{word}")]
    step = PreparationStep(milestone="ipm", starts_local=time(11), minutes=60, place=f"Canary-room-{word}")
    row.steps = [step]
    session.add(row)
    session.flush()
    thing = thing_of_preparation(training, planners)
    for text in (row.objectives[0].text, step.place):
        world.canaries.append(Canary(text, thing, ((Right.READ, thing),)))
    invited = Invitation(
        person_id=planners[0],
        preparation_step_id=step.id,
        uid=f"ipm-{training.uid}",
        changed_at=NOW,
        link_digest=f"link of {word}",
        reply_digest=f"reply of {word}",
    )
    session.add(invited)
    session.flush()


def _round(session: Session, world: World, cast: _Cast, marking: Marking, *, is_opened: bool) -> None:
    """It asks Stockholm, London and Rome, which left; the board took one need from it."""
    word = WORDS[marking] + ("" if is_opened else "draft")
    theme = make_theme(session, f"Canary-theme-{word}")
    found = NeedsRound(
        year=2020 + 2 * list(Marking).index(marking) + is_opened,
        opens_on=date(2026, 9, 1),
        closes_on=date(2026, 10, 30),
        city_id=cast.stockholm.id or 0,
        marking=marking,
        created_at=NOW,
        opened_at=NOW if is_opened else None,
        closed_at=NOW if is_opened else None,
        cities=[cast.stockholm, cast.london, cast.rome],
        themes=[NeedsRoundTheme(theme_id=theme.id or 0, position=1, name=f"Canary-asked-{word}")],
        showings=[NeedsShowing(as_of=NOW)] if is_opened else [],
    )
    session.add(found)
    session.flush()
    world.note("theme_id", theme.id)
    need = Need(
        round_id=found.id or 0,
        theme_id=theme.id or 0,
        theme_name=f"Canary-need-{word}",
        rank=1,
        reason=f"Canary-reason-{word}",
        people=9,
        gap="3",
        priority="27.0",
        cities=2,
        cities_with_gap=1,
    )
    session.add(need)
    session.flush()
    thing = thing_of_round(found)
    for text in (found.themes[0].name, need.theme_name, need.reason):
        world.canaries.append(Canary(text, thing, ((Right.READ, thing),)))
    if is_opened:
        _ask(session, world, found, f"{word}round", needs_round_id=found.id, template="needs-round")
    world.note("round_id", found.id)
    world.note("need_id", need.id)


def _project(session: Session, world: World, cast: _Cast, marking: Marking) -> None:
    """It is led by Stockholm, with a partner, and owed by the contact of London and by Rome, which left."""
    word = WORDS[marking]
    made = Project(
        name=f"Canary-project-{word}",
        source=ProjectSource.COMMISSION,
        commission=f"Canary-commission-{word}",
        lead_city_id=cast.stockholm.id,
        starts_on=date(2027, 1, 4),
        marking=marking,
        named_ids=_named(cast) if marking is Marking.RED else [],
        created_at=NOW,
        themes=[cast.theme],
    )
    session.add(made)
    session.flush()
    owners = ({"owner_id": cast.people["contact"].id}, {"owner_city_id": cast.rome.id})
    for number, owner in enumerate(owners):
        text, due = f"Canary-deliverable-{word}-{number}", date(2027, 2, 12)
        row = Deliverable(project_id=made.id or 0, text=text, due_on=due, created_at=NOW, **owner)
        session.add(row)
        session.flush()
        world.note("deliverable_id", row.id)
    session.refresh(made)
    thing = thing_of_project(made)
    for text in (made.name, made.commission, *(one.text for one in made.deliverables)):
        world.canaries.append(Canary(text, thing, ((Right.READ, thing),)))
    world.note("project_id", made.id)


def _answers(session: Session, world: World, cast: _Cast, cycle: Cycle) -> None:
    """To each exchange an answer of each marking, of a city, of its former contact, and of the group."""
    ask = Ask(cycle_id=cycle.id, template="cycle-cities", created_at=NOW, changed_at=NOW)
    ask.questions = [AskQuestion(position=1, text="What works?")]
    session.add(ask)
    session.flush()
    # Mona spoke for Stockholm until she moved; who was deactivated spoke for Paris.
    holders = ["contact", "contact of a city that left", "moved contact", "deactivated contact", "chair"]
    cities = [cast.london, cast.rome, cast.stockholm, cast.paris]
    for number, marking in enumerate(Marking):
        city = cities[number % len(cities)]
        party = AskParty(ask_id=ask.id, city_id=city.id) if number < len(cities) else None
        if party is None:
            party = AskParty(ask_id=ask.id, group_id=cast.group.id)
        holder = cast.people[holders[number]]
        session.add(party)
        session.flush()
        addressee = AskAddressee(party_id=party.id, person_id=holder.id, holder_id=holder.id, asked_at=NOW)
        session.add(addressee)
        session.flush()
        _answer(session, world, cast, cycle, party, addressee, marking)


def _answer(
    session: Session,
    world: World,
    cast: _Cast,
    cycle: Cycle,
    party: AskParty,
    addressee: AskAddressee,
    marking: Marking,
) -> None:
    word = f"{WORDS[marking]}-in-{WORDS[Marking(cycle.marking)]}"
    question = session.exec(select(AskQuestion).where(AskQuestion.ask_id == party.ask_id)).one()
    answers = {str(question.id): f"Canary-answer-{word}"}
    named = _named(cast) if marking is Marking.RED else []
    groups = [cast.group.id or 0] if marking is Marking.AMBER_STRICT else []
    answer = Contribution(
        party_id=party.id,
        addressee_id=None if party.city_id else addressee.id,
        author_id=addressee.holder_id,
        marking=marking,
        named_ids=named,
        answers=answers,
        created_at=NOW,
        changed_at=NOW,
        submitted_at=NOW,
    )
    session.add(answer)
    session.flush()
    version = ContributionVersion(
        contribution_id=answer.id,
        number=1,
        person_id=addressee.holder_id,
        submitted_at=NOW,
        marking=marking,
        group_ids=groups,
        named_ids=named,
        answers=answers,
    )
    file = Attachment(
        contribution_id=answer.id,
        name=f"canary-file-{word}.txt",
        media_type="text/plain",
        size_bytes=1,
        sha256="0" * 64,
        stored_name=f"canary-stored-{word}",
        person_id=addressee.holder_id,
        added_at=NOW,
    )
    session.add_all([version, file])
    session.flush()
    session.refresh(answer)
    thing = thing_of_answer(answer, version, cycle)
    for text in (answers[str(question.id)], file.name):
        world.canaries.append(Canary(text, thing, ((Right.READ, thing),)))
    for name, value in (
        ("contribution_id", answer.id),
        ("attachment_id", file.id),
        ("addressee_id", addressee.id),
        ("party_id", party.id),
        ("row_id", party.id),
    ):
        world.note(name, value)


def _two_on(marking: Marking) -> Marking:
    markings = list(Marking)
    return markings[(markings.index(marking) + 2) % len(markings)]


def _product(session: Session, world: World, cast: _Cast, about: About, marking: Marking) -> None:
    """A product that is out, of an exchange, an event or neither; its reviewer has moved."""
    of = f"{type(about).__name__.lower()}-{WORDS[Marking(about.marking)]}" if about is not None else "neither"
    word = f"{WORDS[marking]}-of-{of}"
    is_note = isinstance(about, Cycle)
    product = Product(
        kind=ProductKind.EXCHANGE_NOTE if is_note else ProductKind.REPORT,
        cycle_id=about.id if isinstance(about, Cycle) else None,
        training_id=about.id if isinstance(about, TrainingEvent) else None,
        cities=[] if about is not None else [cast.london],
        groups=[] if about is not None else [cast.group],
        created_at=NOW,
        review_opened_at=NOW,
        published_at=NOW,
        published_number=1,
        published_marking=marking,
    )
    session.add(product)
    session.flush()
    version = ProductVersion(
        product_id=product.id,
        number=1,
        title=f"Canary-product-{word}",
        marking=marking,
        named_ids=_named(cast) if marking is Marking.RED else [],
        text=f"Canary-text-{word}",
        person_id=cast.people["chair"].id,
        saved_at=NOW,
    )
    reviewer = ProductReviewer(product_id=product.id, person_id=cast.people["moved contact"].id, asked_at=NOW)
    file = Attachment(
        product_id=product.id,
        name=f"canary-product-file-{word}.txt",
        media_type="text/plain",
        size_bytes=1,
        sha256="0" * 64,
        stored_name=f"canary-product-stored-{word}",
        person_id=cast.people["chair"].id,
        added_at=NOW,
    )
    session.add_all([version, reviewer, file])
    session.flush()
    session.refresh(product)
    world.note("product_id", product.id)
    world.note("attachment_id", file.id)
    thing, draft = thing_of_product(product, about), thing_of_draft(about, product)
    for text in (version.title, version.text, file.name):
        world.canaries.append(Canary(text, thing, ((Right.READ, thing), (Right.WRITE, draft))))


def _board_meeting(
    session: Session, world: World, cast: _Cast, marking: Marking, *, is_published: bool
) -> None:
    """A meeting of the board with a paper and minutes under markings of their own, and a decision."""
    inner = _two_on(marking)
    word = f"{WORDS[marking]}-{'published' if is_published else 'draft'}"
    red = _named(cast) if Marking.RED in {marking, inner} else []
    meeting = BoardMeeting(
        board_id=cast.board.id or 0,
        title=f"Canary-sits-{word}",
        mode="virtual",
        on_local=date(2027, 2, 1),
        starts_local=time(10),
        time_zone="Europe/London",
        minutes=60,
        agenda=f"Canary-agenda-{word}",
        marking=marking,
        named_ids=red,
        created_at=NOW,
        changed_at=NOW,
        published_at=NOW if is_published else None,
        uid=f"board-{word}@exchange",
        record=f"Canary-minutes-{word}" if is_published else "",
        record_marking=inner if is_published else "",
        recorded_at=NOW if is_published else None,
    )
    meeting.papers = [
        BoardPaper(position=1, label=f"Canary-paper-{word}", url="https://papers.example.org", marking=inner)  # type: ignore[call-arg]  # the relation gives meeting_id
    ]
    decision = BoardDecision(
        reference=f"Canary-decided-{word}",
        title=f"Canary-line-{word}",
        decided_on=date(2027, 2, 1),
        board_id=cast.board.id or 0,
        text=f"Canary-text-{word}",
        marking=marking,
        named_ids=red,
        created_at=NOW,
    )
    session.add_all([meeting, decision])
    session.flush()
    decision.meeting_id = meeting.id
    session.flush()
    world.note("meeting_id", meeting.id)
    world.note("decision_id", decision.id)
    world.note("board_id", cast.board.id)
    own, of_decision = thing_of_board_meeting(meeting), thing_of_decision(decision)
    told = {f"Canary-{noun}-{word}": own for noun in ("sits", "agenda")}
    told[f"Canary-paper-{word}"] = thing_of_paper(meeting, meeting.papers[0])
    if is_published:
        told[f"Canary-minutes-{word}"] = thing_of_minutes(meeting)
    told |= {f"Canary-{noun}-{word}": of_decision for noun in ("decided", "line", "text")}
    world.canaries += [Canary(text, thing, ((Right.READ, thing),)) for text, thing in told.items()]


def _lesson(session: Session, world: World, cast: _Cast, cycle: Cycle) -> None:
    """A finding under the marking one step on, what London says of it, and actions of a person and a city."""
    markings = list(Marking)
    marking = markings[(markings.index(Marking(cycle.marking)) + 1) % len(markings)]
    word = f"{WORDS[marking]}-found-in-{WORDS[Marking(cycle.marking)]}"
    lesson = Lesson(
        kind=LessonKind.RECOMMENDATION,
        title=f"Canary-finding-{word}",
        text=f"Canary-said-{word}",
        theme_id=cast.theme.id,
        cycle_id=cycle.id,
        marking=marking,
        named_ids=_named(cast) if marking is Marking.RED else [],
        created_at=NOW,
    )
    session.add(lesson)
    session.flush()
    said = LessonProgress(
        lesson_id=lesson.id,
        city_id=cast.london.id,
        state=Headway.UNDER_WAY,
        note=f"Canary-note-{word}",
        set_at=NOW,
    )
    owned = ImprovementAction(
        lesson_id=lesson.id,
        text=f"Canary-action-{word}",
        owner_id=cast.people["expert"].id,
        due_on=date(2027, 2, 20),
        created_at=NOW,
    )
    of_city = ImprovementAction(
        lesson_id=lesson.id,
        text=f"Canary-duty-{word}",
        owner_city_id=cast.london.id,
        due_on=date(2027, 2, 20),
        created_at=NOW,
    )
    session.add_all([said, owned, of_city])
    session.flush()
    thing = thing_of_lesson(lesson)
    of_london = thing_of_progress(lesson, cast.london.id or 0)
    known = ((Right.READ, thing), *((Right.READ, thing_of_action(one)) for one in (owned, of_city)))
    for text in (lesson.title, lesson.text):
        world.canaries.append(Canary(text, thing, known if text == lesson.title else known[:1]))
    world.canaries.append(Canary(said.note, of_london, ((Right.WRITE, of_london),)))
    for one in (owned, of_city):
        its = thing_of_action(one)
        world.canaries.append(Canary(one.text, its, ((Right.READ, its),)))
        world.note("action_id", one.id)
    world.note("lesson_id", lesson.id)


def _note(session: Session, world: World, cast: _Cast, marking: Marking, *, is_sent: bool) -> None:
    """A note to London and the group, sent or not."""
    word = f"{WORDS[marking]}-{'sent' if is_sent else 'waiting'}"
    note = Note(
        subject=f"Canary-note-{word}",
        text=f"Canary-noted-{word}",
        marking=marking,
        named_ids=_named(cast) if marking is Marking.RED else [],
        city_ids=[cast.london.id],
        group_ids=[cast.group.id],
        author_id=cast.people["coordinator"].id or 0,
        created_at=NOW,
        sent_at=NOW if is_sent else None,
    )
    session.add(note)
    session.flush()
    world.note("note_id", note.id)
    thing = thing_of_note(note)
    for text in (note.subject, note.text):
        world.canaries.append(Canary(text, thing, ((Right.READ, thing),)))


def _document(session: Session, world: World, cast: _Cast) -> None:
    """A standing document of the contact of London."""
    document = StandingDocument(
        title="Equality of access",
        kind="equality impact assessment",
        link="https://files.example.org/equality",
        owner_id=cast.people["contact"].id or 0,
        review_on=date(2027, 12, 1),
        created_at=NOW,
    )
    session.add(document)
    session.flush()
    world.note("document_id", document.id)


def _annual_report(session: Session, world: World, cast: _Cast, marking: Marking) -> None:
    """A report that is out, with frozen figures of every marking: it holds those up to its own."""
    product = Product(
        kind=ProductKind.ANNUAL_REPORT,
        year=2026,
        cities=[cast.london],
        created_at=NOW,
        published_at=NOW,
        published_number=1,
        published_marking=marking,
    )
    session.add(product)
    session.flush()
    word = f"{WORDS[marking]}-annual"
    version = ProductVersion(
        product_id=product.id,
        number=1,
        title=f"Canary-product-{word}",
        marking=marking,
        named_ids=_named(cast) if marking is Marking.RED else [],
        text=f"Canary-text-{word}",
        person_id=cast.people["chair"].id,
        saved_at=NOW,
    )
    inside = {one: f"Canary-frozen-{WORDS[one]}-in-{word}" for one in Marking}
    sections = [
        Section(f"{one}", text, text, ("City",), ((text,),), marking=one) for one, text in inside.items()
    ]
    frozen = FrozenFigures(
        product_id=product.id or 0,
        year=2026,
        made_at=NOW,
        made_by_id=cast.people["coordinator"].id or 0,
        language="en",
        sections=stored(sections),
    )
    session.add_all([version, frozen])
    session.flush()
    session.refresh(product)
    world.note("product_id", product.id)
    thing, draft = thing_of_product(product, None), thing_of_draft(None, product)
    known = ((Right.READ, thing), (Right.WRITE, draft))
    world.canaries += [Canary(text, thing, known) for text in (version.title, version.text)]
    for one, text in inside.items():
        world.canaries.append(Canary(text, thing, known if rank(one) <= rank(marking) else ()))


def _requests(session: Session, world: World, cast: _Cast) -> None:
    """One of each kind, and one for each report that is out, by somebody of no account; one unconfirmed."""
    products = session.exec(select(Product).where(Product.kind == ProductKind.REPORT)).all()
    asked: list[tuple[RequestKind, Product | None]] = [(kind, None) for kind in RequestKind]
    asked += [(RequestKind.REPORT, one) for one in products]
    for number, (kind, product) in enumerate(asked):
        made = NetworkRequest(
            kind=kind,
            state=RequestState.OPEN,
            name=f"Canary-asker-{number:02}",
            email=f"canary-asker-{number:02}@example.org",
            product_id=product.id if product else None,
            words=f"Canary-wish-{number:02}",
            city_id=cast.london.id or 0,
            made_at=NOW,
            asked_on=NOW.date(),
            due_on=date(2027, 2, 15),
            remind_on=date(2027, 2, 11),
            token_digest=f"{number:064}",
            confirmed_at=NOW,
        )
        session.add(made)
        session.flush()
        event = RequestEvent(request_id=made.id or 0, at=NOW, deed="message", text=f"Canary-said-{number:02}")
        session.add(event)
        session.flush()
        session.refresh(made)
        world.note("request_id", made.id)
        thing = thing_of_request(made)
        for text in (made.name, made.email, made.words, event.text):
            world.canaries.append(Canary(text, thing, ((Right.READ, thing),)))


def _turns(session: Session, world: World, cast: _Cast) -> None:
    """Each turn of 2027, resting on a decision at TLP:RED; so do agreement, line and a project."""
    red = session.exec(select(BoardDecision).where(BoardDecision.marking == Marking.RED)).first()
    decision_id = red.id if red else None
    for kind in RotationKind:
        text = f"Canary-in-kind-{kind.value.rpartition(' ')[2]}"
        session.add(
            Rotation(
                year=2027,
                kind=kind,
                city_id=cast.london.id or 0,
                state=RotationState.AGREED,
                in_kind=text,
                decision_id=decision_id,
                created_at=NOW,
            )
        )
        world.canaries.append(Canary(text, ROTATION, ((Right.READ, ROTATION),)))
    for table in (Agreement, MoneyLine):
        session.exec(select(table)).one().decision_id = decision_id
    lesson = session.exec(select(Lesson).where(Lesson.marking == Marking.RED)).first()
    sources: tuple[tuple[ProjectSource, str, int | None], ...] = (
        (ProjectSource.DECISION, "decision_id", decision_id),
        (ProjectSource.FINDING, "lesson_id", lesson.id if lesson else None),
    )
    for source, name, number in sources:
        made = Project(
            name=f"From a {source.value}",
            source=source,
            lead_city_id=cast.stockholm.id,
            starts_on=date(2027, 1, 4),
            marking=Marking.CLEAR,
            created_at=NOW,
            products=list(session.exec(select(Product))),
            trainings=list(session.exec(select(TrainingEvent))),
        )
        setattr(made, name, number)
        session.add(made)
        session.flush()
        world.note("project_id", made.id)


def _findings_round(session: Session, world: World, cast: _Cast) -> None:
    """London is asked about every finding there is: its people alone, each by what they may know of."""
    found = FindingsRound(opened_on=date(2027, 2, 1), opened_at=NOW, city_id=cast.stockholm.id or 0)
    session.add(found)
    session.flush()
    ask = Ask(
        findings_round_id=found.id,
        template="findings-progress",
        closes_on=date(2027, 3, 25),
        created_at=NOW,
        changed_at=NOW,
    )
    ask.questions = [
        AskQuestion(position=1, text="How far is it?", kind="choice", options=["no"], per=RowOf.FINDING)
    ]
    session.add(ask)
    session.flush()
    for number, lesson in enumerate(session.exec(select(Lesson)).all(), 1):
        session.add(
            AskRow(
                ask_id=ask.id or 0,
                position=number,
                per=RowOf.FINDING,
                title=lesson.title,
                lesson_id=lesson.id,
            )
        )
    party = AskParty(ask_id=ask.id, city_id=cast.london.id)
    session.add(party)
    session.flush()
    contact = cast.people["contact"].id
    session.add(AskAddressee(party_id=party.id, person_id=contact, holder_id=contact, asked_at=NOW))
    session.flush()
    world.note("ask_id", ask.id)
    world.note("party_id", party.id)
