"""Objectives as the audit trail keeps them: their words as digests, their ratings as they are."""

from collections.abc import Mapping, Sequence

from exchange.audit import content_digest
from exchange.preparation.drafts import ObjectiveDraft


def facts_of_objectives(drafts: Sequence[ObjectiveDraft]) -> dict[str, object]:
    """The objectives as the trail keeps them: of each text, its theme and its need a digest."""
    texts: dict[str, object] = {
        f"objective {n}": content_digest([one.text, one.theme_id, one.need_id])
        for n, one in enumerate(drafts, 1)
    }
    ratings = {f"rating {n}": one.rating for n, one in enumerate(drafts, 1) if one.rating}
    return texts | ratings


def without(facts: Mapping[str, object], others: Mapping[str, object]) -> dict[str, object]:
    """Those of the facts that are not among the others."""
    return {key: value for key, value in facts.items() if others.get(key) != value}
