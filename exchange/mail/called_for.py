"""Which letters of a cycle's plan are called for as things stand: what is done, answered, in review, out.

Not when they go: rules.reminders works that out from the stages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlmodel import Session

from exchange.answering.products import products_of, reviewers_who_spoke
from exchange.answering.standing import Standings, standings
from exchange.mail.readers import Roll
from exchange.models import Cycle, Product, ProductState
from exchange.rules.reminders import PlannedLetter
from exchange.rules.stage_plan import Anchor, LetterRule, StagePlan

REVIEW, PUBLICATION = "E8", "E9"  # letters that wait for the product of a cycle that has one
NEWS_DAYS = 14  # a publication is told this long after it, also when the stage ended before


@dataclass(frozen=True)
class State:
    """What is known of some cycles' answers and products."""

    standings: Standings = field(default_factory=lambda: Standings(()))
    products: dict[int, Product] = field(default_factory=dict)
    spoken: frozenset[tuple[int, int]] = frozenset()  # cycle and person of reviewers who said something

    def product_state(self, cycle: Cycle) -> ProductState | None:
        """Where the cycle's product stands; None while nobody began one."""
        product = self.products.get(cycle.id or 0)
        return product.state if product else None


def state_of(session: Session, cycles: Sequence[Cycle], plan: StagePlan) -> State:
    """What is known of the cycles, in a fixed number of statements."""
    ids = [cycle.id or 0 for cycle in cycles]
    spoken = frozenset(reviewers_who_spoke(session, ids))
    return State(standings(session, cycles, plan), products_of(session, ids), spoken)


def rules_called_for(cycle: Cycle, plan: StagePlan, state: State) -> list[LetterRule]:
    """The plan's letters without those that nothing calls for.

    A stage that is done calls for nothing more, but thanks after its meeting are still due. A review
    is asked for once the product is in review, a publication told once it is out; a cycle without a
    product goes by its dates alone.
    """
    done = {stage.key for stage in cycle.stages if stage.done_at}
    product = state.product_state(cycle)
    return [
        rule
        for rule in plan.letters
        if (rule.stage not in done or rule.anchor is Anchor.MEETING_END) and _is_ready(rule, product)
    ]


def still_called_for(
    letters: Sequence[PlannedLetter], cycle: Cycle, plan: StagePlan, state: State, roll: Roll
) -> list[PlannedLetter]:
    """The letters without reminders to people who have answered; a publication stays news for a while."""
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
        kept.append(_as_news(letter, cycle, state))
    return kept


def _is_ready(rule: LetterRule, product: ProductState | None) -> bool:
    if product is None:
        return True
    if REVIEW in {rule.key, rule.reminds_of}:
        return product is ProductState.IN_REVIEW
    return rule.key != PUBLICATION or product is ProductState.PUBLISHED


def _as_news(letter: PlannedLetter, cycle: Cycle, state: State) -> PlannedLetter:
    product = state.products.get(cycle.id or 0)
    if letter.key != PUBLICATION or product is None or product.published_at is None:
        return letter
    until = product.published_at + timedelta(days=NEWS_DAYS)
    return replace(letter, useless_after=max(letter.useless_after, until))
