"""Which letters of a cycle's plan are called for as things stand: what is done, answered, in review, out.

Not when they go: rules.reminders works that out from the stages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlmodel import Session

from exchange.answering.products import editions_told, products_of, reviewers_who_spoke
from exchange.answering.standing import Standings, standings
from exchange.mail.live import NEWS_DAYS
from exchange.mail.readers import Roll
from exchange.models import Cycle, Product, ProductState
from exchange.rules.reminders import PlannedLetter
from exchange.rules.stage_plan import Anchor, LetterRule, StagePlan
from exchange.rules.timezones import wall_time

REVIEW, PUBLICATION = "E8", "E9"  # letters that wait for the product of a cycle that has one
NEW_VERSION = "E9-new"  # to those who were told of another version than the one that is out


@dataclass(frozen=True)
class State:
    """What is known of some cycles' answers and products."""

    standings: Standings = field(default_factory=lambda: Standings(()))
    products: dict[int, Product] = field(default_factory=dict)
    spoken: frozenset[tuple[int, int]] = frozenset()  # cycle and person of reviewers who said something
    told: frozenset[tuple[int, int, int]] = frozenset()  # cycle, person, version they were told is out

    def product_state(self, cycle: Cycle) -> ProductState | None:
        """Where the cycle's product stands; None while nobody began one."""
        product = self.products.get(cycle.id or 0)
        return product.state if product else None


def state_of(session: Session, cycles: Sequence[Cycle], plan: StagePlan) -> State:
    """What is known of the cycles, in a fixed number of statements."""
    ids = [cycle.id or 0 for cycle in cycles]
    spoken = frozenset(reviewers_who_spoke(session, ids))
    told = frozenset(editions_told(session, ids, (PUBLICATION, NEW_VERSION)))
    return State(standings(session, cycles, plan), products_of(session, ids), spoken, told)


def rules_called_for(cycle: Cycle, plan: StagePlan, state: State) -> list[LetterRule]:
    """The plan's letters without those that nothing calls for.

    A stage that is done calls for nothing more, but thanks after its meeting are still due, and what
    is out is told. A review is asked for once the product is in review, a publication told once it is
    out; a cycle without a product goes by its dates alone.
    """
    done = {stage.key for stage in cycle.stages if stage.done_at}
    product = state.product_state(cycle)
    return [
        rule
        for rule in plan.letters
        if (rule.stage not in done or _outlives_its_stage(rule, product)) and _is_ready(rule, product)
    ]


def still_called_for(
    letters: Sequence[PlannedLetter], cycle: Cycle, plan: StagePlan, state: State, roll: Roll
) -> list[PlannedLetter]:
    """The letters without reminders to people who have answered; a publication stays news for a while.

    A publication is told to each reader once for each version.
    """
    people = {person.id: person for person in roll.people}
    kept = []
    for letter in letters:
        prompt = plan.prompt_of(letter.rule)
        is_for_silent = letter.rule.only_silent and prompt is not None
        person = people[letter.reader.person_id]
        if is_for_silent and prompt and not state.standings.is_silent(cycle.id or 0, prompt.kind, person):
            continue
        if letter.rule.reminds_of == REVIEW and (cycle.id, letter.reader.person_id) in state.spoken:
            continue
        kept += _of_product(letter, cycle, state)
    return kept


def _outlives_its_stage(rule: LetterRule, product: ProductState | None) -> bool:
    is_news = rule.key in {PUBLICATION, NEW_VERSION} and product is ProductState.PUBLISHED
    return is_news or rule.anchor is Anchor.MEETING_END


def _is_ready(rule: LetterRule, product: ProductState | None) -> bool:
    if product is None:
        return rule.key != NEW_VERSION
    if REVIEW in {rule.key, rule.reminds_of}:
        return product is ProductState.IN_REVIEW
    return rule.key not in {PUBLICATION, NEW_VERSION} or product is ProductState.PUBLISHED


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
    known = {version for of, who, version in state.told if (of, who) == (cycle.id, person_id)}
    if number in known or bool(known) is not (letter.key == NEW_VERSION) or product.published_at is None:
        return []
    until = product.published_at + timedelta(days=NEWS_DAYS)
    found = replace(letter, useless_after=max(letter.useless_after, until), once_more=f"@v{number}")
    if letter.key == NEW_VERSION:  # it speaks of the day it came out, and not of a stage long over
        out_on = wall_time(product.published_at, letter.reader.calendar.time_zone).on
        found = replace(found, about_on=out_on)
    return [found]
