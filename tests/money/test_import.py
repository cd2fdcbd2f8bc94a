"""Lines of money from a table: 101 of them with three faults, looked at before anything is saved."""

import io
from datetime import date

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from exchange.db import Database
from exchange.models import MoneyLine
from exchange.money import queries
from tests.money.conftest import Net
from tests.pages import form_values, text_of

HEAD = "kind,date,text,amount,currency,hours,city,payer"
FAULTS = {
    7: "receipt,2025-05-01,Row 7,-5.00,GBP,,Stockholm,",
    40: "actual,2019-05-01,Row 40,5.00,GBP,,,",
    93: "actual,2025-05-01,Row 93,5.00,USD,,,",
}


def file_of(*, with_faults: bool) -> bytes:
    rows = [f"actual,2025-05-01,Row {number},5.00,GBP,,," for number in range(1, 102)]
    for number, row in FAULTS.items() if with_faults else ():
        rows[number - 1] = row
    return "\r\n".join([HEAD, *rows]).encode()


def look(client: FlaskClient, content: bytes) -> tuple[str, MultiDict[str, str]]:
    values = form_values(client.get("/import/money"))
    answer = client.post("/import/money", data={**values, "file": (io.BytesIO(content), "lines.csv")})
    assert answer.status_code == 200
    return text_of(answer), form_values(answer)


def count(database: Database) -> int:
    with database.reading() as session:
        return len(queries.lines_within(session, date(2000, 1, 1), date(2100, 1, 1)))


def test_101_lines_with_3_faults_are_shown_by_row_and_field_and_nothing_is_saved(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    page, values = look(coordinator, file_of(with_faults=True))
    assert "98 lines would be written, 3 rows are left out. Nothing is saved yet." in page
    assert "8 Row 7 Left out amount: An amount is never negative." in page
    assert "41 Row 40 Left out date: Wed 1 May 2019 lies in no year of any agreement." in page
    assert "94 Row 93 Left out currency: There is no rate from USD to GBP" in page
    assert count(database) == 0
    saved = coordinator.post("/import/money", data={**values, "import": "1"})
    assert saved.status_code == 303
    assert count(database) == 98


def test_what_changed_meanwhile_is_looked_at_again(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    _page, values = look(coordinator, file_of(with_faults=False))
    again = coordinator.post("/import/money", data={**values, "seen": "else", "import": "1"})
    assert again.status_code == 400
    assert "Something changed meanwhile" in text_of(again)
    assert count(database) == 0


def test_cells_that_cannot_be_read_are_named_by_their_column(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    rows = (
        "gift,2025-05-01,A,5.00,GBP,,,",
        "actual,05/06/2025,B,5.00,GBP,,,",
        "actual,2025-05-01,,5.00,GBP,,,",
        "actual,2025-05-01,C,5.00,EUR,,,",
        "in kind,2025-05-01,D,,GBP,x,,",
        "receipt,2025-05-01,E,5.00,GBP,,Atlantis,",
        "receipt,2025-05-01,F,5.00,GBP,,London,Nobody",
    )
    page, _values = look(coordinator, "\n".join([HEAD, *rows]).encode())
    for column in ("kind:", "date:", "text:", "currency:", "hours:", "city:", "payer:"):
        assert f"Left out {column}" in page
    template = coordinator.get("/import/money-template.csv")
    assert "kind" in template.text
    page, _values = look(coordinator, template.data)
    assert "1 line would be written" in page
    with database.reading() as session:
        assert session.get(MoneyLine, 1) is None
