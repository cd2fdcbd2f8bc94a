"""Who is asked to review a product, and who is told once it is out. Letters are letters.py's."""

from collections.abc import Iterable
from dataclasses import replace

from exchange.access.product_things import About, thing_of_product, thing_of_version
from exchange.mail.schedule.recipients import Roll, audiences_of_cycle, invited_to_training
from exchange.mail.schedule.unsubscribe_links import takes_programme
from exchange.models import CreditRole, Cycle, Person, Product, ProductVersion, TrainingEvent
from exchange.rules.access.policy import Right
from exchange.rules.access.things import Kind, Thing
from exchange.rules.letters.reminders import Reader


def reviewers_of(roll: Roll, product: Product, about: About) -> list[Reader]:
    """The cities it is of, or for, which check facts; and its named reviewers who are of the network."""
    if isinstance(about, Cycle):
        cities = audiences_of_cycle(roll, about)["reviewers"]
    else:
        cities = [roll.reader(one) for one in roll.of_cities(_cities(product, about))]
    named = [one.person_id or 0 for one in product.credits if one.role == CreditRole.REVIEWER]
    independent = [roll.reader(roll.by_id[one]) for one in named if one in roll.by_id]
    return _once([*cities, *independent])


def told_names(roll: Roll, product: Product, about: About, version: ProductVersion) -> list[str]:
    """The names of whom it would tell if that version were out now."""
    thing = replace(thing_of_version(about, product, version), kind=Kind.PRODUCT, is_published=True)
    return sorted(one.name for one in _readers(roll, product, about, thing))


def readers_of(roll: Roll, product: Product, about: About) -> list[Person]:
    """Who takes part in what it is of, or whom it is for; of these, who may read it and takes letters."""
    return _readers(roll, product, about, thing_of_product(product, about))


def _readers(roll: Roll, product: Product, about: About, thing: Thing) -> list[Person]:
    if isinstance(about, Cycle):
        audiences = audiences_of_cycle(roll, about)
        found = [*audiences["cities"], *audiences["group"]]
    elif isinstance(about, TrainingEvent):
        found = invited_to_training(roll, about)
    else:
        people = [
            *roll.of_cities(_cities(product, about)),
            *roll.of_groups(one.id or 0 for one in product.groups),
        ]
        found = [roll.reader(one) for one in people]
    readers = [one for one in _once(found) if roll.may_do(one.person_id, Right.READ, thing)]
    return [person for one in readers if takes_programme(person := roll.person(one.person_id))]


def _cities(product: Product, about: About) -> set[int]:
    if isinstance(about, TrainingEvent):
        return {about.host_city_id, *(city.id or 0 for city in about.cities)}
    return {city.id or 0 for city in product.cities}


def _once(readers: Iterable[Reader]) -> list[Reader]:
    return list({one.person_id: one for one in readers}.values())
