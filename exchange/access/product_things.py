"""Products, their drafts and reviews as things of the policy. What they belong to comes loaded.

That is the cycle or the event with its cities and groups, or, of neither, the product's own.
"""

from dataclasses import replace

from exchange.access.things import thing_about
from exchange.models import (
    CreditRole,
    Cycle,
    Product,
    ProductReviewer,
    ProductState,
    ProductVersion,
    TrainingEvent,
)
from exchange.rules.access.things import Kind, Thing
from exchange.rules.markings.tlp_labels import Marking

About = Cycle | TrainingEvent | None  # what a product belongs to


def about(product: Product) -> About:
    """The cycle or event that it belongs to."""
    return product.cycle or product.training


def thing_of_product(product: Product, about: About) -> Thing:
    """What is out; needs the product's versions."""
    out = [one for one in product.versions if one.number == product.published_number]
    thing = Thing(
        Kind.PRODUCT,
        product.published_marking,
        is_published=product.published_at is not None and product.withdrawn_at is None,
        named=frozenset(out[0].named_ids if out else ()),
    )
    return _placed(thing, about, product)


def thing_of_draft(about: About, product: Product | None) -> Thing:
    """The product as it is written; needs its credits, and the members of the cycle's groups."""
    last = product.versions[-1] if product is not None and product.versions else None
    return thing_of_version(about, product, last)


def thing_of_version(about: About, product: Product | None, version: ProductVersion | None) -> Thing:
    """One version for those who write, which keeps the marking and the names it was saved with.

    Its writers are its authors and the chairs of the cycle's groups, and everybody in a group without
    one. Needs the same.
    """
    groups = about.groups if isinstance(about, Cycle) else []
    thing = Thing(
        Kind.DRAFT,
        _marking(about, version),
        named=frozenset(_named(about, version)),
        authors=frozenset(
            seat.person_id
            for group in groups
            for seat in group.members
            if seat.is_chair or not any(other.is_chair for other in group.members)
        ),
        credited=_credited(product, of_reviewers=False),
    )
    return _placed(thing, about, product)


def thing_of_review(reviewer: ProductReviewer, about: About) -> Thing:
    """A person's part in a review; needs the product's versions and credits.

    What was withdrawn and is written anew is a draft, until they are asked again.
    """
    return thing_of_review_by(reviewer.person_id, reviewer.product, about)


def thing_of_review_by(person_id: int, product: Product, about: About) -> Thing:
    """The same of somebody who is, or would be, asked to review; needs the same."""
    version = product.versions[-1] if product.versions else None
    thing = Thing(
        Kind.REVIEW,
        _marking(about, version),
        is_published=product.state in {ProductState.IN_REVIEW, ProductState.PUBLISHED},
        named=frozenset(_named(about, version)),
        authors=frozenset({person_id}),
        credited=frozenset({person_id}) & _credited(product, of_reviewers=True),
    )
    return _placed(thing, about, product)


def _placed(thing: Thing, about: About, product: Product | None) -> Thing:
    """The thing within what it belongs to, or with the cities and groups that the product itself is for."""
    if about is not None:
        container = thing_about(about)
        return replace(thing, is_for_members=container.is_for_members, on=container.on, container=container)
    if product is None:
        return thing
    return replace(
        thing,
        cities=frozenset(city.id or 0 for city in product.cities),
        groups=frozenset(group.id or 0 for group in product.groups),
    )


def _marking(about: About, version: ProductVersion | None) -> str:
    if version is not None:
        return version.marking
    return about.marking if about is not None else Marking.AMBER_STRICT


def _named(about: About, version: ProductVersion | None) -> list[int]:
    if version is not None:
        return version.named_ids
    return about.named_ids if about is not None else []


def _credited(product: Product | None, *, of_reviewers: bool) -> frozenset[int]:
    """The people of the network among its reviewers, or among its authors."""
    return frozenset(
        one.person_id
        for one in (product.credits if product is not None else ())
        if one.person_id is not None and (one.role == CreditRole.REVIEWER) is of_reviewers
    )
