"""The five permissions, who holds them, and how a route names the one it needs.

Whether a person may see one particular thing is decided by the markings, not here.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from exchange.models import Person, Role
from exchange.rules.access.standing import Standing

View = TypeVar("View", bound=Callable[..., object])
_ATTRIBUTE = "exchange_permission"
_KNOWS_NOBODY = "exchange_knows_nobody"
_OPEN_FOR_ENROLMENT = "exchange_open_for_enrolment"
SIGNED_IN = "signed in"  # a route for whoever signs in, whatever their roles: what is their own
PUBLIC = "public"  # a route that needs no sign-in; tests/building lists them by name


class Permission(StrEnum):
    """What a person may do. Each route names exactly one."""

    SEE_PROGRAMME = "see the programme"
    PLAN_PROGRAMME = "plan the programme"
    ANSWER = "answer for a city or a group"
    WRITE_LETTERS = "write letters"
    ADMINISTER = "administer"


_OF_ROLE = {
    Role.COORDINATOR: frozenset(Permission),
    Role.CITY_LEAD: frozenset({Permission.SEE_PROGRAMME, Permission.ANSWER}),
    Role.CITY_CONTACT: frozenset({Permission.SEE_PROGRAMME, Permission.ANSWER}),
    Role.EXPERT: frozenset({Permission.SEE_PROGRAMME, Permission.ANSWER}),
    Role.FINANCE_CONTACT: frozenset({Permission.SEE_PROGRAMME}),
    Role.AUDITOR: frozenset({Permission.SEE_PROGRAMME}),
    Role.LIAISON: frozenset({Permission.SEE_PROGRAMME}),
}


def permissions_of(person: Person, standing: Standing) -> frozenset[Permission]:
    """All a person may do through their roles and seats; nothing when they left. Needs the roles loaded."""
    if not person.is_active:
        return frozenset()
    by_seat = _OF_ROLE[Role.EXPERT] if standing.groups else frozenset()
    on_board = frozenset({Permission.SEE_PROGRAMME}) if standing.boards else frozenset()
    return by_seat.union(on_board, *(_OF_ROLE[Role(held.role)] for held in person.roles))


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view: only people with ``permission`` reach it."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return mark


def public(view: View) -> View:
    """Mark a view: anybody reaches it."""
    setattr(view, _ATTRIBUTE, PUBLIC)
    return view


def signed_in_only(view: View) -> View:
    """Mark a view: whoever is signed in reaches it, with or without a role; it shows only what is theirs."""
    setattr(view, _ATTRIBUTE, SIGNED_IN)
    return view


def for_enrolment(view: View) -> View:
    """Mark a view that sets up a second factor: open, signed in, when all else waits for that."""
    setattr(view, _OPEN_FOR_ENROLMENT, True)
    return signed_in_only(view)


def is_for_enrolment(view: object) -> bool:
    """Whether the view was marked as one that sets up a second factor."""
    return getattr(view, _OPEN_FOR_ENROLMENT, False)


def anonymous(view: View) -> View:
    """Mark a view: anybody reaches it and nobody is recognised, so that caches may share the answer."""
    setattr(view, _KNOWS_NOBODY, True)
    return public(view)


def knows_nobody(view: object) -> bool:
    """Whether the view was marked anonymous."""
    return getattr(view, _KNOWS_NOBODY, False)


def needed_by(view: object) -> Permission | str | None:
    """What a view was marked with: a permission, PUBLIC, or None when somebody forgot."""
    needed: Permission | str | None = getattr(view, _ATTRIBUTE, None)
    return needed
