"""What letters that ask for something hold of it: the questions, and their reader's own links.

Links are for an answer to an ask, or the review of a product; they are made in the transaction that
queues the letter, and a preview has none. At TLP:RED a letter holds no link that opens without signing in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, select

from exchange.access.open_pages import can_open_page
from exchange.answering.answer_status import party_name
from exchange.answering.asks import ask_of, asked_people, held_by
from exchange.answering.personal_links import Task, link_for, task_of
from exchange.answering.product_status import products_of
from exchange.mail.schedule.cycle_eligibility import NEW_VERSION, PUBLICATION, REVIEW, SCOPING
from exchange.mail.schedule.planned import Planned, TaskLink
from exchange.models import AskAddressee, ProductReviewer, ProductState
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import AskRule, ChaseTo, CycleAsk, LetterRule, StagePlan
from exchange.settings import Settings


def with_tasks(
    session: Session, due: Planned, *, plan: StagePlan, settings: Settings, now: datetime
) -> Planned:
    """The letter with its reader's links; itself when it asks for nothing that has a page."""
    if due.cycle is None:
        return due
    ask = plan.ask_of(due.letter.rule)
    if ask is not None and due.letter.rule.chases not in {None, ChaseTo.SILENT}:
        return due  # to somebody who can help, and owes nothing
    if ask is not None:
        if not due.letter.rule.reminds_of:
            asked_people(session, due.cycle, ask.kind, due.person, plan=plan, now=now)
        return replace(due, tasks=_answers(session, due, ask, settings, now))
    if REVIEW in {due.kind, due.letter.rule.reminds_of}:
        task, marking = _review(session, due, now)
        if task is not None and Marking.RED not in {due.cycle.marking, marking}:
            url = link_for(session, task, to=due.person, settings=settings, now=now)
            return replace(due, tasks=(TaskLink(url),))
    if due.kind in {PUBLICATION, NEW_VERSION} and can_open_page(due.person, due.cycle, now.date()):
        return _to_product(session, due, settings)
    return due


def with_questions(session: Session, letters: Iterable[Planned], plan: StagePlan) -> Iterator[Planned]:
    """The letters with their cycle's own questions, where they hold any and somebody changed or asked them.

    So have those that go along inside them. Each ask is looked for once.
    """
    known: dict[tuple[int | None, CycleAsk], tuple[str, ...] | None] = {}

    def asking(one: Planned) -> Planned:
        shown = ask_shown(one.letter.rule, plan)
        if shown is None or one.cycle is None:
            return one
        key = (one.cycle.id, shown.kind)
        if key not in known:
            kept = ask_of(session, one.cycle, shown.kind)
            known[key] = tuple(question.text for question in kept.questions) if kept else None
        return replace(one, questions=known[key])

    return (replace(asking(one), riders=tuple(map(asking, one.riders))) for one in letters)


def ask_shown(rule: LetterRule, plan: StagePlan) -> AskRule | None:
    """The ask whose questions a letter holds: the call that asks them, or that settles those to cities."""
    if rule.chases or rule.reminds_of:
        return None
    return plan.ask(CycleAsk.CITIES) if rule.key == SCOPING else plan.ask_of(rule)


def _answers(
    session: Session, due: Planned, ask: AskRule, settings: Settings, now: datetime
) -> tuple[TaskLink, ...]:
    """The reader's links to what they have to answer, each named when there are several.

    A city has one answer: who holds it twice, because a colleague passed it on, gets one link.
    """
    if due.cycle is None or due.cycle.marking == Marking.RED:
        return ()
    held = held_by(session, due.cycle, ask.kind, due.person)
    once = {one.party_id if one.party.city_id else (one.party_id, one.id): one for one in reversed(held)}
    wanted = [one for one in held if one in once.values()]
    return tuple(
        TaskLink(
            link_for(session, task_of(one), to=due.person, settings=settings, now=now),
            _about(one) if len(wanted) > 1 else "",
        )
        for one in wanted
    )


def _about(one: AskAddressee) -> str:
    """Whose answer it is: the party's, and whose place the reader takes in a group."""
    name = party_name(one.party)
    return name if one.person_id == one.holder_id else f"{name} ({one.person.name})"


def _to_product(session: Session, due: Planned, settings: Settings) -> Planned:
    """The letter leading to the product; to the exchange when it has none."""
    cycle_id = due.cycle.id or 0 if due.cycle else 0
    if cycle_id not in products_of(session, [cycle_id]):
        return due
    return replace(due, tasks=(TaskLink(f"{settings.base_url.rstrip('/')}/cycles/{cycle_id}/product"),))


def _review(session: Session, due: Planned, now: datetime) -> tuple[Task | None, str]:
    """The reader's part in the review of the product, and its marking; None while nothing is in review."""
    cycle_id = due.cycle.id or 0 if due.cycle else 0
    product = products_of(session, [cycle_id]).get(cycle_id)
    if product is None or product.state is not ProductState.IN_REVIEW:
        return None, ""
    reviewer = session.exec(
        select(ProductReviewer).where(
            ProductReviewer.product_id == product.id, ProductReviewer.person_id == due.person.id
        )
    ).first()
    if reviewer is None:
        reviewer = ProductReviewer(product_id=product.id or 0, person_id=due.person.id or 0, asked_at=now)
        session.add(reviewer)
        session.flush()
    return task_of(reviewer), product.versions[-1].marking
