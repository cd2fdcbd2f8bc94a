"""The closed vocabularies of products. No tables."""

from enum import StrEnum


class ProductKind(StrEnum):
    """What a product is."""

    EXCHANGE_NOTE = "exchange note"  # what a cycle makes of its answers: by its stages, with their letters
    REPORT = "report"
    POLICY_BRIEF = "policy brief"
    POST_EXERCISE_REPORT = "post-exercise report"
    ANNUAL_REPORT = "annual report"
    NEWSLETTER = "newsletter"
    VIDEO = "video"


class ProductState(StrEnum):
    """Where a product stands, derived from the stored decisions."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What became of a comment."""

    RESOLVED = "resolved"
    REJECTED = "rejected"


class CreditRole(StrEnum):
    """What somebody did for a product."""

    LEAD_AUTHOR = "lead author"
    CO_AUTHOR = "co-author"
    CONTRIBUTOR = "contributor"
    REVIEWER = "independent reviewer"


class Phase(StrEnum):
    """For which part of an emergency a recommendation or a finding is of use."""

    PREPARE = "prepare"
    RESPOND = "respond"
    RECOVER = "recover"
