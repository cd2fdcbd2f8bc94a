"""Requests by public forms as things of the policy; their product comes loaded with its credits."""

from exchange.models import CreditRole, NetworkRequest
from exchange.rules.access.things import Kind, Thing
from exchange.rules.duties.request_rules import RequestKind
from exchange.rules.markings.tlp_labels import Marking


def originating_city(asked: NetworkRequest) -> int | None:
    """The city that led or hosted what the report is of; None for other kinds."""
    product = asked.product
    if product is None or asked.kind != RequestKind.REPORT:
        return None
    if product.cycle:
        return product.cycle.lead_city_id
    return product.training.host_city_id if product.training else None


def originating_authors(asked: NetworkRequest) -> frozenset[int]:
    """The people of the network who wrote the report that is asked for."""
    if asked.product is None or asked.kind != RequestKind.REPORT:
        return frozenset()
    return frozenset(
        one.person_id
        for one in asked.product.credits
        if one.person_id is not None and one.role != CreditRole.REVIEWER
    )


def has_originator(asked: NetworkRequest) -> bool:
    """Whether it is a report that somebody other than the coordinators answers for."""
    return originating_city(asked) is not None or bool(originating_authors(asked))


def thing_of_request(asked: NetworkRequest) -> Thing:
    """The request with who asked; of a report, as its originators have it."""
    return Thing(
        Kind.REQUEST,
        Marking.AMBER_STRICT,
        lead_city=originating_city(asked),
        credited=originating_authors(asked),
    )
