"""Findings as tables: three hundred rows with faults named by line, nothing half-saved, and back again."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import Lesson
from exchange.transfer.csv_file import csv_bytes
from exchange.transfer.imports.finding_rows import findings_template
from tests.access.routes import ON_SQLITE
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.transfer.conftest import Network

HEAD = "kind;title;text;theme;phase;source;number;link;marking"
FAULTS = (
    ("rumour;{title};Some words.;T09;;A report;{n};;", "kind: Write one of these"),
    ("lesson;;Some words.;T09;;A report;{n};;", "title: Give it a title."),
    ("lesson;{title};;T09;;A report;{n};;", "text: Say what was found"),
    ("lesson;{title};Some words.;T99;;A report;{n};;", "theme: T99 is no theme of the catalogue."),
    ("lesson;{title};Some words.;T09;later;A report;{n};;", "phase: Write one of these"),
    ("lesson;{title};Some words.;T09;;;{n};;", "source: Say where it comes from"),
    ("lesson;{title};Some words.;T09;;A report;{n};www.example.org;", "link: Give a link"),
    ("lesson;{title};Some words.;T09;;A report;{n};;TLP:RED", "marking: A file names nobody"),
    ("lesson;{title};Some words.;T09;;A report;{n};;SECRET", "marking:"),
)
GOOD = "lesson;{title};Some words.;T09;respond;A report;{n};https://reports.example.org;TLP:GREEN"


@pytest.fixture
def browser(sign_in: SignIn, network: Network) -> FlaskClient:
    return sign_in(network.coordinator)


def look(client: FlaskClient, content: str | bytes) -> tuple[int, str, dict[str, str]]:
    """Send a file; the status, the page's words, and what its form carries on."""
    octets = content.encode() if isinstance(content, str) else content
    sent = {"marking": "TLP:AMBER", "file": (io.BytesIO(octets), "findings.csv"), "look": "1"}
    answer = client.post("/import/findings", data=sent, content_type="multipart/form-data")
    carried = {
        name: (re.search(f'name="{name}"[^>]*value="([^"]*)"', answer.text) or [None, ""])[1]
        for name in ("carried", "seen")
    }
    return answer.status_code, text_of(answer), {"marking": "TLP:AMBER"} | carried


def import_it(client: FlaskClient, carried: dict[str, str]) -> int:
    sent = carried | {"import": "1"}
    return client.post("/import/findings", data=sent, content_type="multipart/form-data").status_code


def saved(database: Database) -> list[Lesson]:
    with database.reading() as session:
        return list(session.exec(select(Lesson)).all())


def test_three_hundred_rows_with_faults_are_named_by_line_and_the_others_come_in_whole(
    browser: FlaskClient, database: Database
) -> None:
    rows, faulty = [HEAD], {}
    for n in range(300):
        row, said = FAULTS[(n // 3) % len(FAULTS)] if n % 3 == 0 else (GOOD, "")
        rows.append(row.format(title=f"Finding {n}", n=n))
        if said:
            faulty[n + 2] = said
    status, page, carried = look(browser, "\n".join(rows))
    assert status == 200
    assert "200 findings would be written, 100 rows are left out" in page
    for line, said in faulty.items():
        told = re.search(rf"(?<!\d){line} (?:Finding \d+|–) Left out ([^.]*)", page)
        assert told, line
        assert told[1].startswith(said.rstrip(".")), (line, told[1])
    assert saved(database) == []
    assert import_it(browser, carried) == 303
    assert len(saved(database)) == 200
    _status, again, _carried = look(browser, "\n".join(rows))
    assert "0 findings would be written" in again
    assert again.count("Already here") == 200


@ON_SQLITE
def test_what_changed_between_look_and_import_is_shown_anew_and_nothing_is_saved(
    browser: FlaskClient, database: Database
) -> None:
    one = "\n".join([HEAD, GOOD.format(title="One", n=1)])
    _status, _page, carried = look(browser, one)
    assert import_it(browser, look(browser, one)[2]) == 303
    assert import_it(browser, carried) == 400
    assert len(saved(database)) == 1


@ON_SQLITE
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "Choose a file"),
        ("colour;size\nred;1\n", "names none of the columns we know"),
        (HEAD, "There is no row in this file"),
        ("\n".join([HEAD, *[GOOD.format(title=f"F{n}", n=n) for n in range(501)]]), "at most 500"),
        (b"\x00\x01", "This is no text"),
        (f'{HEAD}\nlesson;"never closed', "Line 2 cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    browser: FlaskClient, content: str | bytes, said: str
) -> None:
    status, page, _carried = look(browser, content)
    assert status == 400
    assert said in page


@ON_SQLITE
def test_the_template_comes_in_and_the_export_is_read_again(browser: FlaskClient) -> None:
    content = csv_bytes(findings_template()).replace(b'"T01"', b'"T09"')
    _status, page, carried = look(browser, content)
    assert "1 finding would be written" in page
    assert import_it(browser, carried) == 303
    exported = browser.get("/export/findings.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(exported)))
    assert [(row["title"], row["theme"], row["marking"]) for row in rows] == [
        ("Say early who leads", "T09", "TLP:GREEN")
    ]
    _status, again, _carried = look(browser, exported)
    assert "Already here" in again
