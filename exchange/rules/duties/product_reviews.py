"""The review of a product that belongs to no stage of an exchange, as a duty of who was asked."""

from exchange.rules.duties.cycle_stages import Holder
from exchange.rules.duties.duty import Duty, Owner, Role, Subject, Weight
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence


def product_review_duty(product_id: int, title: str, marking: Marking, holder: Holder) -> Duty:
    """One reviewer's word, due when its last day ends on their own wall; silence is no consent."""
    return Duty(
        key=f"product:{product_id}:review:{holder.person_id}",
        what=Sentence("Review the product"),
        subject=Subject("product", product_id, title),
        owner=Owner(Role.PERSON, holder.person_id),
        due_on=holder.due_on,
        time_zone=holder.time_zone,
        weight=Weight.MUST,
        marking=marking,
    )
