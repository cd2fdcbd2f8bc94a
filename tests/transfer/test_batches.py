"""Lists that leave in batches: wherever one ends, the next begins with the row that follows."""

from itertools import count

import pytest
from sqlmodel import Session

from exchange.db import Database
from exchange.transfer.queries import PersonRow, people_after
from tests.factories import make_city, make_person


def all_in_batches(session: Session, most: int) -> list[PersonRow]:
    found: list[PersonRow] = []
    for _ in count():
        more = people_after(session, found[-1] if found else None, most=most)
        found += more
        if len(more) < most:
            return found
    raise AssertionError


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_batches_of_people_make_the_list(database: Database, most: int) -> None:
    """With names that several bear, and people who left."""
    with database.transaction() as session:
        city = make_city(session)
        for name in ("Åsa", "Anna", "Anna", "Zoe", "Anna", "Bo", "Bo"):
            make_person(session, name, city=city)
        for name in ("Anna", "Åsa", "Bo"):
            make_person(session, name, city=city).is_active = False
    with database.reading() as session:
        whole = people_after(session, None, most=1000)
        assert len({row.id for row in whole}) == 10
        assert [row.is_active for row in whole] == [True] * 7 + [False] * 3
        assert all_in_batches(session, most) == whole
