"""Every form and the import, sent with hostile text: no 500, and a refusal leaves the database as it was."""

import io
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.pages_with_forms import Form
from tests.hostile.values import HOSTILE
from tests.hostile.world import HostileWorld, hostile_world
from tests.share import SHARES

FEW, MANY = 60, 350 * SHARES
Sent = dict[str, list[str]]
# Of a form: no more than a field or two are hostile, the others as a browser would send them, so that what
# is typed gets past the form's own checks.
CHANGES = st.lists(st.tuples(st.integers(0, 100), st.none() | HOSTILE), min_size=1, max_size=2)
SHORT = "kind;title;date;start;city"
LINES = st.sampled_from([SHORT, f"{SHORT};marking;weeks;minutes;time_zone;session_on;uid"])
CELLS = st.sampled_from(
    ["cycle", "training", "2027-06-07", "14:00", "Stockholm", "TLP:AMBER", "8", "Europe/London", "A title"]
)


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileWorld]:
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / "exchange.db"
    file.write_bytes(sqlite_template.read_bytes())
    with hostile_world(file, folder) as made:
        yield made


def test_every_route_that_takes_a_form_is_driven(world: HostileWorld) -> None:
    taking = {rule.endpoint for rule in world.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert {form.endpoint for form in world.forms} == taking


@hypothesis.settings(max_examples=FEW)
@given(st.data())
def test_no_form_fails_on_what_is_typed_or_keeps_half_of_it(world: HostileWorld, data: st.DataObject) -> None:
    """A marking in small letters was read, and then kept as it was typed, which the table refuses: 500."""
    _send_some_form(world, data)


@pytest.mark.slow
@hypothesis.settings(max_examples=MANY)
@given(st.data())
def test_no_form_fails_on_what_is_typed_in_many_tries(world: HostileWorld, data: st.DataObject) -> None:
    _send_some_form(world, data)


@hypothesis.settings(max_examples=20)
@given(LINES, st.lists(st.lists(CELLS | HOSTILE, min_size=1, max_size=11), max_size=4))
def test_no_table_fails_to_be_imported_with_less_than_a_sentence(
    world: HostileWorld, columns: str, rows: list[list[str]]
) -> None:
    lines = [columns, *(";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)]
    _import(world, "\r\n".join(lines).encode())


@hypothesis.settings(max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from(["SUMMARY", "DTSTART", "DTEND", "UID", "LOCATION", "URL"]), HOSTILE)),
    st.sampled_from(["DTSTART:20270607T140000Z", "DTSTART;TZID=Europe/London:20270607T140000", "X:1"]),
)
def test_no_calendar_fails_to_be_imported_with_less_than_a_sentence(
    world: HostileWorld, given_lines: list[tuple[str, str]], starts: str
) -> None:
    event = "\r\n".join([starts, *(f"{name}:{value}" for name, value in given_lines)])
    text = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    _import(world, text.encode())


@hypothesis.settings(max_examples=15)
@given(st.binary(max_size=200))
def test_no_file_of_any_bytes_fails_to_be_imported_with_less_than_a_sentence(
    world: HostileWorld, content: bytes
) -> None:
    _import(world, content)
    _import(world, b"BEGIN:VCALENDAR\r\n" + content)


def _send_some_form(world: HostileWorld, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(world.forms))
    typed = _typed(form, data.draw(CHANGES))
    for name, value in [data.draw(st.sampled_from(form.buttons))] if form.buttons else []:
        typed.setdefault(name, []).append(value)
    _post(world, form.action, typed)


def _typed(form: Form, changes: list[tuple[int, str | None]]) -> Sent:
    typed: Sent = {}
    for name, value in form.values:
        typed.setdefault(name, []).append(value)
    for number, hostile in changes if form.names else []:
        name = form.names[number % len(form.names)]
        if hostile is None:
            typed.pop(name, None)
        else:
            typed[name] = [hostile]
    return typed


def _import(world: HostileWorld, content: bytes) -> None:
    form = next(form for form in world.forms if form.files == ("file",))
    _post(world, form.action, {**_typed(form, []), "file": (io.BytesIO(content), "file.csv")})


def _post(world: HostileWorld, address: str, typed: dict[str, object]) -> None:
    try:
        answer = world.client.post(address, data=typed)
        assert answer.status_code < 500
        assert answer.status_code < 400 or not world.has_changed(), (
            f"{answer.status_code}, and kept {world.changed_tables()}"
        )
    finally:
        world.put_back()
