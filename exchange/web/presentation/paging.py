"""Long lists a page at a time: which page was asked for, and the links to the others. It loads nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ColumnElement, SQLColumnExpression, func, or_
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

PER_PAGE = 50
PAGE = "page"  # in an address
SEARCH_MAX = 100  # characters that are looked for
AROUND = 2  # pages linked on each side of the one shown, besides the first and the last

Row = TypeVar("Row")


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """The ``rows`` of one page out of ``found``; pages count from 1, and one beyond the last is the last."""

    rows: Sequence[Row]
    found: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return pages_of(self.found)

    @property
    def links(self) -> list[int]:
        """Numbers to link, in order; 0 stands where some are left out."""
        near = range(max(1, self.number - AROUND), min(self.pages, self.number + AROUND) + 1)
        numbers = sorted({1, *near, self.pages})
        found: list[int] = []
        for one in numbers:
            found += [0, one] if found and one - found[-1] > 1 else [one]
        return found


def pages_of(count: int) -> int:
    """How many pages that many rows take; 1 for none."""
    return max(1, -(-count // PER_PAGE))


def asked_page(name: str = PAGE) -> int:
    """The page in the address, from 1; 1 for anything that is no such number.

    A page with two lists has a ``name`` for each.
    """
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 else 1


def asked_search() -> str:
    """What is looked for, as it was typed."""
    return request.args.get("search", "").strip()[:SEARCH_MAX]


def page_of_list(rows: Sequence[Row], number: int) -> Paged[Row]:
    """One page of rows that are all there."""
    shown = min(max(1, number), pages_of(len(rows)))
    return Paged(rows[(shown - 1) * PER_PAGE : shown * PER_PAGE], len(rows), shown)


def page_of_query(
    session: Session, statement: SelectOfScalar[Row], number: int, *load: ORMOption, found: int | None = None
) -> Paged[Row]:
    """One page of what a statement finds, with ``load``; it must say an order that is the same each time.

    ``found`` is how much it finds in all, where that is known; None to count it.
    """
    if found is None:
        found = session.execute(statement.with_only_columns(func.count()).order_by(None)).scalar_one()
    shown = min(max(1, number), pages_of(found))
    rows = session.exec(statement.options(*load).offset((shown - 1) * PER_PAGE).limit(PER_PAGE)).all()
    return Paged(rows, found, shown)


def page_address(number: int, name: str = PAGE) -> str:
    """The address of another page of the list that is shown, with all else that was asked."""
    asked = {key: value for key, value in request.args.items() if key != name and value}
    asked |= {name: str(number)} if number > 1 else {}
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def holds_all(text: str, words: Iterable[str]) -> bool:
    """Whether every one of some words, in small letters, stands in a text."""
    folded = text.casefold()
    return all(word in folded for word in words)


def holds_words(search: str, *places: SQLColumnExpression[str]) -> Iterator[ColumnElement[bool]]:
    """A condition for each word of ``search``: that it stands in one of the places, in whatever case.

    A PostgreSQL with the collation C knows small letters of ASCII alone: other words are asked for as written
    in small and in capital letters, too.
    """
    for word in search[:SEARCH_MAX].split():
        forms = () if word.isascii() else {word.lower(), word.upper(), word.capitalize()}
        yield or_(
            *(place.icontains(word, autoescape=True) for place in places),
            *(place.contains(form, autoescape=True) for place in places for form in sorted(forms)),
        )
