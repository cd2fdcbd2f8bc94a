"""What is kept about one person in words: contact, attendance, letters, contributions, needs at events.

Not what letters said, and not what others wrote; every other row is schema_export.py's.
What a marking keeps from whoever takes it along is left out and named as left out.
"""

from collections.abc import Iterator

from sqlalchemy.orm import defer, joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.kept_back import KeptBack
from exchange.answering.answer_status import party_name
from exchange.models import (
    Ask,
    AskParty,
    AttendanceNeed,
    BoardMember,
    Contribution,
    ContributionVersion,
    Cycle,
    FindingsRound,
    GroupMember,
    Letter,
    NeedsRound,
    Person,
    Product,
    ProductReviewer,
    ProductVersion,
    ReviewComment,
    Subject,
)
from exchange.personal_data.parts.meetings import attendance, presence
from exchange.personal_data.parts.taking import LEFT_OUT, Row, Taking, instant_text
from exchange.rules.asks.answers_in_words import in_words


def data_of(session: Session, person: Person, taking: Taking) -> dict[str, list[Row]]:
    """All rows about a person by what they are, instants in UTC (ISO 8601).

    Needs the person's city and roles loaded.
    """
    return {
        "contact": [_contact(session, person)],
        "attendance": list(attendance(session, person, taking)),
        "presence": list(presence(session, person, taking)),
        "letters": list(_letters(session, person, taking.kept)),
        "contributions": [
            *_answers(session, person, taking),
            *_comments(session, person, taking),
            *_versions(session, person, taking),
        ],
        "needs": list(_needs(session, person)),
    }


def _contact(session: Session, person: Person) -> Row:
    seats = session.exec(
        select(GroupMember).where(GroupMember.person_id == person.id).options(joinedload(GroupMember.group))  # type: ignore[arg-type]  # SQLModel types relations as their values
    )
    boards = session.exec(
        select(BoardMember).where(BoardMember.person_id == person.id).options(joinedload(BoardMember.board))  # type: ignore[arg-type]  # as above
    )
    return {
        "name": person.name,
        "email": person.email,
        "city": person.city.name,
        "time_zone": person.city.time_zone,
        "language": person.language,
        "roles": sorted(str(held.role) for held in person.roles),
        "groups": sorted(seat.group.name + (" (chair)" if seat.is_chair else "") for seat in seats),
        "boards": sorted(_seat(seat) for seat in boards),
        "is_active": person.is_active,
        "programme_letters_stopped_at": instant_text(person.programme_stopped_at),
    }


def _seat(seat: BoardMember) -> str:
    """The board, whether they chair it, and from when to when."""
    chair = " (chair)" if seat.is_chair else ""
    days = (("from", seat.starts_on), ("to", seat.ends_on))
    return seat.board.name + chair + "".join(f", {word} {day.isoformat()}" for word, day in days if day)


def _letters(session: Session, person: Person, kept: KeptBack) -> Iterator[Row]:
    """What each letter was, without a word of its text."""
    texts = (Letter.text, Letter.html, Letter.calendar)
    found = session.exec(
        select(Letter)
        .where(Letter.person_id == person.id, kept.other_letters)
        .options(*(defer(text, raiseload=True) for text in texts))  # type: ignore[arg-type]  # SQLModel types columns as their values
        .order_by(col(Letter.id))
    )
    for letter in found:
        yield {
            "kind": letter.kind,
            "class": letter.message_class,
            "subject": letter.subject,
            "to": letter.to_address,
            "state": letter.state,
            "queued_at": instant_text(letter.queued_at),
            "sent_at": instant_text(letter.sent_at),
        }


def _answers(session: Session, person: Person, taking: Taking) -> Iterator[Row]:
    """Every version that the person handed in, and the drafts they saved last."""
    party = joinedload(Contribution.party)  # type: ignore[arg-type]  # SQLModel types relations as their values
    ask = party.joinedload(AskParty.ask)  # type: ignore[arg-type]  # as above
    handed_in = select(ContributionVersion.contribution_id).where(ContributionVersion.person_id == person.id)
    found = session.exec(
        select(Contribution)
        .where((col(Contribution.author_id) == person.id) | col(Contribution.id).in_(handed_in))
        .options(
            party.joinedload(AskParty.city),  # type: ignore[arg-type]  # as above
            party.joinedload(AskParty.group),  # type: ignore[arg-type]  # as above
            ask.joinedload(Ask.cycle),  # type: ignore[arg-type]  # as above
            ask.joinedload(Ask.training),  # type: ignore[arg-type]  # as above
            ask.joinedload(Ask.findings_round).joinedload(FindingsRound.city),  # type: ignore[arg-type]  # as above
            ask.joinedload(Ask.needs_round).selectinload(NeedsRound.cities),  # type: ignore[arg-type]  # as above
            ask.selectinload(Ask.rows),  # type: ignore[arg-type]  # as above
            ask.selectinload(Ask.questions),  # type: ignore[arg-type]  # as above
            selectinload(Contribution.versions),  # type: ignore[arg-type]  # as above
            selectinload(Contribution.attachments),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Contribution.id))
    )
    for one in found:
        if taking.kept.holds(one.party.ask.subject):
            continue
        for version in one.versions:
            if version.person_id == person.id and not taking.leaves_out(version.marking):
                yield _answer(one, version, person, taking)
        is_draft = one.submitted_at is None or one.changed_at > one.submitted_at
        if one.author_id == person.id and is_draft and not taking.leaves_out(one.marking):
            yield _answer(one, one, person, taking)


def _noun(about: Subject) -> str:
    if isinstance(about, NeedsRound):
        return "needs round"
    if isinstance(about, FindingsRound):
        return "findings round"
    return "exchange" if isinstance(about, Cycle) else "event"


def _answer(
    one: Contribution,
    text: Contribution | ContributionVersion,
    person: Person,
    taking: Taking,
) -> Row:
    ask = one.party.ask
    about = ask.subject
    is_draft = isinstance(text, Contribution)
    # A draft of which nobody has chosen the marking yet goes by that of its exchange.
    is_closed = bool({text.marking or about.marking, about.marking} & set(taking.closed))
    # What was answered to other asks is read as results: to nobody else who said what.
    is_closed = is_closed or not (taking.is_own or ask.is_of_plan)
    titles = {str(row.id): row.title for row in ask.rows if row.lesson_id not in taking.kept.lesson_ids}
    written = {one.text: in_words(text.answers.get(str(one.id), ""), titles) for one in ask.questions}
    files = [file.name for file in one.attachments if file.person_id == person.id and file.removed_at is None]
    return {
        "kind": "draft of an answer" if is_draft else "answer",
        _noun(about): taking.title(about),
        "for": party_name(one.party),
        "number": None if isinstance(text, Contribution) else text.number,
        "marking": text.marking,
        "at": instant_text(one.changed_at if isinstance(text, Contribution) else text.submitted_at),
        "text": LEFT_OUT if is_closed else written,
        "practice_note": LEFT_OUT if is_closed else text.practice_note,
        "links": [] if is_closed else list(text.links),
        "files": [] if is_closed else files,
    }


def _comments(session: Session, person: Person, taking: Taking) -> Iterator[Row]:
    found = session.exec(
        select(ReviewComment)
        .join(ProductReviewer, col(ReviewComment.reviewer_id) == ProductReviewer.id)
        .where(ProductReviewer.person_id == person.id)
        .options(joinedload(ReviewComment.reviewer).joinedload(ProductReviewer.product))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(ReviewComment.id))
    )
    for one in found:
        product = one.reviewer.product
        about = product.cycle or product.training
        if taking.kept.holds(about):
            continue
        marking = next(v.marking for v in product.versions if v.number == one.version_number)
        if taking.leaves_out(marking):
            continue
        is_closed = {marking, about.marking if about else marking} & set(taking.closed)
        yield {
            "kind": "comment on a product",
            "exchange": taking.title(about) if about else "",
            "for": "",
            "number": one.version_number,
            "marking": marking,
            "at": instant_text(one.made_at),
            "text": LEFT_OUT if is_closed else one.text,
            "practice_note": "",
            "links": [],
            "files": [],
        }


def _versions(session: Session, person: Person, taking: Taking) -> Iterator[Row]:
    """Every version of a product that the person saved."""
    found = session.exec(
        select(ProductVersion)
        .where(ProductVersion.person_id == person.id)
        .options(joinedload(ProductVersion.product).joinedload(Product.cycle))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(ProductVersion.id))
    )
    for one in found:
        about = one.product.cycle or one.product.training
        if taking.kept.holds(about) or taking.leaves_out(one.marking):
            continue
        is_closed = {one.marking, about.marking if about else one.marking} & set(taking.closed)
        files = [file.name for file in one.product.files if file.person_id == person.id]
        yield {
            "kind": "version of a product",
            "exchange": taking.title(about) if about else "",
            "for": "",
            "number": one.number,
            "marking": one.marking,
            "at": instant_text(one.saved_at),
            "text": LEFT_OUT if is_closed else one.text,
            "practice_note": "",
            "links": [one.link] if one.link and not is_closed else [],
            "files": [] if is_closed else files,
        }


def _needs(session: Session, person: Person) -> Iterator[Row]:
    """What the person wrote about food and access. Whoever hosts read it; nobody else does."""
    found = session.exec(select(AttendanceNeed).where(AttendanceNeed.person_id == person.id))
    for one in found:
        yield {"event": one.training_id, "text": one.text, "given_at": instant_text(one.given_at)}
