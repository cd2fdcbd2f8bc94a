"""Which letters of a cycle's plan are called for now, by what is done, answered, in review, out.

Not when they go: rules.letters.reminders works that out from the stages.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from flask_babel import lazy_gettext as _l
from sqlmodel import Session

from exchange.access.product_things import thing_of_product, thing_of_review_by
from exchange.answering.answer_status import AnswerStatus, answer_status
from exchange.answering.product_status import editions_told, products_of, reviewers_who_spoke
from exchange.answering.unanswered_letters import INVITATION
from exchange.mail.schedule.eager_loading import NEWS_DAYS
from exchange.mail.schedule.recipients import Roll
from exchange.models import Cycle, Product, ProductState
from exchange.rules.access.policy import Right
from exchange.rules.letters.reminders import PlannedLetter, Reader, planned_letters
from exchange.rules.programme.stage_plan import Anchor, LetterRule, StagePlan
from exchange.rules.time.timezones import wall_time

REVIEW, PUBLICATION = "E8", "E9"  # letters that wait for the product of a cycle that has one
SCOPING = "E2"
DRAFT_DUE = "E7"
WAITED_FOR = "-wait"  # ends the key of a letter that tells of what others wait for
_OWED: Mapping[str, tuple[object, tuple[str, ...]]] = {  # what is missing, and who owes it or can help
    REVIEW: (_l("Draft is waited for"), ("authors", "coordinators")),
    PUBLICATION: (_l("Results are waited for"), ("authors", "coordinators")),
    SCOPING: (_l("Scoping call is waited for"), ("coordinators",)),
    INVITATION: (_l("Live session is waited for"), ("coordinators",)),
}
NEW_VERSION = "E9-new"  # to those who were told of another version than the one that is out
UNTRUE_IN_REVIEW = (DRAFT_DUE, REVIEW + WAITED_FOR)  # what no longer holds as soon as the draft is in review


@dataclass(frozen=True)
class State:
    """What is known of some cycles' answers and products."""

    answer_status: AnswerStatus = field(default_factory=lambda: AnswerStatus(()))
    products: dict[int, Product] = field(default_factory=dict)
    spoken: frozenset[tuple[int, int]] = frozenset()  # cycle and person of reviewers who said something
    told: frozenset[tuple[int, int, int]] = frozenset()  # cycle, person, version they were told is out

    @cached_property
    def versions_told(self) -> dict[tuple[int, int], set[int]]:
        """Which versions somebody was told of, by cycle and person."""
        found: dict[tuple[int, int], set[int]] = {}
        for cycle_id, person_id, version in self.told:
            found.setdefault((cycle_id, person_id), set()).add(version)
        return found

    def product_state(self, cycle: Cycle) -> ProductState | None:
        """The state of the cycle's product; None while nobody began one."""
        product = self.products.get(cycle.id or 0)
        return product.state if product else None


def state_of(session: Session, cycles: Sequence[Cycle], plan: StagePlan) -> State:
    """What is known of the cycles, in a fixed number of statements."""
    ids = [cycle.id or 0 for cycle in cycles]
    spoken = frozenset(reviewers_who_spoke(session, ids))
    told = frozenset(editions_told(session, ids, (PUBLICATION, NEW_VERSION)))
    return State(answer_status(session, cycles, plan), products_of(session, ids), spoken, told)


def eligible_rules(cycle: Cycle, plan: StagePlan, state: State) -> list[LetterRule]:
    """The plan's letters without those that nothing calls for.

    A stage that is done calls for nothing more, but thanks after its meeting are still due, and what
    is out is told. A review counts as planned until the product is out, a publication until it is
    withdrawn: whether they leave is seen on their day (true_letters).
    """
    done = {stage.key for stage in cycle.stages if stage.done_at}
    product = state.product_state(cycle)
    return [
        rule
        for rule in plan.letters
        if (rule.stage not in done or _outlives_its_stage(rule, product)) and _is_ready(rule, product)
    ]


def review_reminders(plan: StagePlan) -> tuple[str, ...]:
    """Kinds of letters that remind of a review: who has spoken wants none."""
    return tuple(rule.key for rule in plan.letters if rule.reminds_of == REVIEW)


def untrue_once_out(plan: StagePlan) -> tuple[str, ...]:
    """Kinds of letters that no longer hold as soon as the product is out."""
    return REVIEW, *review_reminders(plan), *UNTRUE_IN_REVIEW, PUBLICATION + WAITED_FOR


def eligible_letters(
    letters: Sequence[PlannedLetter], cycle: Cycle, plan: StagePlan, state: State, roll: Roll
) -> list[PlannedLetter]:
    """The letters without reminders to people who have answered; a publication stays news for a while.

    A publication is told to each reader once for each version, and to nobody who may not read it, nor a
    review asked of who may not give one: the product has a marking of its own.
    """
    kept, cycle_id = [], cycle.id or 0
    asks = {rule.key: plan.ask_of(rule) if rule.only_silent else None for rule in plan.letters}
    for letter in letters:
        ask, person_id = asks[letter.key], letter.reader.person_id
        if ask and not state.answer_status.is_silent(cycle_id, ask.kind, roll.person(person_id)):
            continue
        if letter.rule.reminds_of == REVIEW and (cycle_id, person_id) in state.spoken:
            continue
        if _is_for_them(letter, cycle, state, roll):
            kept += _of_product(letter, cycle, state)
    return kept


def _outlives_its_stage(rule: LetterRule, product: ProductState | None) -> bool:
    is_news = rule.key in {PUBLICATION, NEW_VERSION} and product is ProductState.PUBLISHED
    return is_news or rule.anchor is Anchor.MEETING_END


def _is_ready(rule: LetterRule, product: ProductState | None) -> bool:
    if product is None:
        return rule.key != NEW_VERSION
    if rule.key == DRAFT_DUE:
        return product is ProductState.DRAFT
    if REVIEW in {rule.key, rule.reminds_of}:
        return product in {ProductState.DRAFT, ProductState.IN_REVIEW}
    if rule.key == PUBLICATION:
        return product is not ProductState.WITHDRAWN
    return rule.key != NEW_VERSION or product is ProductState.PUBLISHED


def _is_for_them(letter: PlannedLetter, cycle: Cycle, state: State, roll: Roll) -> bool:
    """Whether its reader may know of what the letter leads to; what is not there yet keeps nobody out."""
    product, person_id = state.products.get(cycle.id or 0), letter.reader.person_id
    if product is None:
        return True
    if letter.key in {PUBLICATION, NEW_VERSION} and product.state is ProductState.PUBLISHED:
        return roll.may_do(person_id, Right.READ, thing_of_product(product, cycle))
    if REVIEW in {letter.key, letter.rule.reminds_of} and product.state is ProductState.IN_REVIEW:
        return roll.may_do(person_id, Right.REVIEW, thing_of_review_by(person_id, product, cycle))
    return True


def _of_product(letter: PlannedLetter, cycle: Cycle, state: State) -> list[PlannedLetter]:
    """The letter as the product calls for it: once for each review, and for each version that is out."""
    product = state.products.get(cycle.id or 0)
    if product is None:
        return [letter]
    if letter.key == REVIEW and product.review_opened_at:
        return [replace(letter, once_more=f"@{product.review_opened_at:%Y%m%dT%H%M}")]
    if letter.key in {PUBLICATION, NEW_VERSION} and product.published_at:
        return _as_news(letter, cycle, product, state)
    return [letter]


def _as_news(letter: PlannedLetter, cycle: Cycle, product: Product, state: State) -> list[PlannedLetter]:
    """What is out, to a reader who was not told of that version: as new, or as the first they hear of it."""
    number = product.published_number or 0
    person_id = letter.reader.person_id
    known = state.versions_told.get((cycle.id or 0, person_id), set())
    if number in known or bool(known) is not (letter.key == NEW_VERSION) or product.published_at is None:
        return []
    until = product.published_at + timedelta(days=NEWS_DAYS)
    found = replace(letter, useless_after=max(letter.useless_after, until), once_more=f"@v{number}")
    if letter.key == NEW_VERSION:  # it speaks of the day it came out, and not of a stage long over
        out_on = wall_time(product.published_at, letter.reader.calendar.time_zone).on
        found = replace(found, about_on=out_on)
    return [found]


def true_letters(
    letters: Sequence[PlannedLetter],
    cycle: Cycle,
    plan: StagePlan,
    audiences: Mapping[str, Sequence[Reader]],
    known: tuple[Roll, State, datetime],
) -> list[PlannedLetter]:
    """The letters whose words hold, and in place of those that do not, what tells who owes the fact."""
    roll, state, now = known
    kept, missing = [], set()
    for letter in letters:
        is_leaving = letter.due_at <= now < letter.useless_after
        if is_leaving and not _is_so(letter, cycle, plan, roll, state):
            missing.add(letter.key)
        else:
            kept.append(letter)
    missing &= set(_OWED)
    return kept + [one for key in sorted(missing) for one in _instead(key, letters, cycle, plan, audiences)]


def _is_so(letter: PlannedLetter, cycle: Cycle, plan: StagePlan, roll: Roll, state: State) -> bool:
    product = state.product_state(cycle)
    if REVIEW in {letter.key, letter.rule.reminds_of}:
        return product is ProductState.IN_REVIEW
    if letter.key == PUBLICATION:
        return product is ProductState.PUBLISHED
    meeting = meeting_of(letter, plan)
    if not meeting:
        return True
    if letter.rule.anchor is Anchor.MEETING_END:  # thanks for taking part
        return (letter.reader.person_id, (cycle.id, meeting, None)) in roll.accepted
    return any(sitting.meeting == meeting for sitting in cycle.sittings)


def meeting_of(letter: PlannedLetter, plan: StagePlan) -> str:
    """The key of the meeting that the letter speaks of; "" for none."""
    stage = plan.session_stage if letter.key == INVITATION else letter.rule.stage
    return next((meeting.key for meeting in plan.meetings if meeting.stage == stage), "")


def _instead(
    key: str,
    letters: Sequence[PlannedLetter],
    cycle: Cycle,
    plan: StagePlan,
    audiences: Mapping[str, Sequence[Reader]],
) -> Iterator[PlannedLetter]:
    """How many wait, to whoever owes it: on the first working day on which one of them would have heard."""
    waiting = [letter for letter in letters if letter.key == key]
    name, audience = _OWED[key]
    rule = replace(waiting[0].rule, key=key + WAITED_FOR, name=str(name), audience=audience)
    readers = {letter.reader.person_id for letter in waiting}
    told = planned_letters(
        [rule], cycle.stages, sittings=[], readers_by_audience=audiences, send_at=plan.send_at
    )
    return (replace(letter, waiting=len(readers)) for letter in told)
