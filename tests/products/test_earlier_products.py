"""Products of before they could be of anything but a cycle: nothing of them is lost, up or down."""

from datetime import UTC, date, datetime, time

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exchange.db import Database
from exchange.migrations import migrate

BEFORE, SINCE = "0026", "0027"
NEW_YEARS_EVE = datetime(2026, 12, 31, 20, tzinfo=UTC)  # the next year has begun in Auckland
ANYTHING = {
    str: "",
    int: 0,
    bool: False,
    float: 0.0,
    dict: {},
    date: date(2027, 1, 4),
    time: time(9),
    datetime: NEW_YEARS_EVE.replace(tzinfo=None),
}
PRODUCTS = (
    "SELECT p.id, p.cycle_id, p.published_number, p.published_marking, v.number, v.title, v.text, r.person_id"
    " FROM product p JOIN product_version v ON v.product_id = p.id"
    " JOIN product_reviewer r ON r.product_id = p.id ORDER BY p.id, v.number"
)


def add(database: Database, table: str, **values: object) -> None:
    """A row with what is said of it, and anything in the other columns that need something."""
    with database.transaction() as session:
        found = sa.Table(table, sa.MetaData(), autoload_with=session.connection())
        needed = [one for one in found.columns if not one.nullable and one.server_default is None]
        row = {one.name: ANYTHING.get(one.type.python_type, []) for one in needed}
        session.connection().execute(found.insert().values(**(row | values)))


def rows(database: Database, question: str) -> list[tuple[object, ...]]:
    with database.reading() as session:
        return [tuple(row) for row in session.connection().execute(sa.text(question))]


def test_a_product_of_before_is_the_note_of_its_cycle_and_loses_nothing(empty_database_url: str) -> None:
    migrate(empty_database_url, BEFORE)
    database = Database(empty_database_url)
    marking = {"marking": "TLP:CLEAR"}
    add(database, "theme", id=1, key="T1", name="Drones")
    add(database, "city", id=1, time_zone="Pacific/Auckland")
    add(database, "person", id=1, city_id=1, is_active=True)
    add(database, "cycle", id=3, theme_id=1, lead_city_id=1, **marking)
    out = {"published_number": 1, "published_marking": "TLP:CLEAR"}
    add(database, "product", id=5, cycle_id=3, **out)
    add(
        database,
        "product_version",
        id=1,
        product_id=5,
        number=1,
        title="Drones",
        text="x",
        person_id=1,
        **marking,
    )
    add(database, "product_reviewer", id=1, product_id=5, person_id=1)
    before = rows(database, PRODUCTS)

    migrate(empty_database_url, SINCE)
    assert rows(database, PRODUCTS) == before
    assert rows(database, "SELECT kind, year FROM product") == [("exchange note", 2027)]
    assert refused(database, cycle_id=3, kind="exchange note")
    assert refused(database, cycle_id=3, training_id=1, kind="report")
    add(database, "product", id=6, kind="newsletter", published_marking="")
    add(database, "product", id=7, cycle_id=3, kind="report", published_marking="")

    migrate(empty_database_url, BEFORE)
    assert rows(database, PRODUCTS) == before
    assert rows(database, "SELECT id FROM product") == [(5,)]
    database.dispose()


def refused(database: Database, **values: object) -> bool:
    try:
        add(database, "product", id=9, published_marking="", **values)
    except IntegrityError:
        return True
    return False
