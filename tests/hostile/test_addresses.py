"""Every page, asked with hostile text in its query and in the headers that browsers send: no 500.

A Referer that is no address failed each form that was refused: forms were tried, headers were not.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import dump_cookie

from exchange.settings import ROOT
from exchange.web.access.probes import READY
from tests.hostile.values import HOSTILE, NUMBERS
from tests.hostile.world import HostileWorld, hostile_world
from tests.share import SHARES

FEW, MANY = 80, 500 * SHARES
ASKED = re.compile(r'(?:args|values)(?:\.get|\.getlist)?[\(\[]"(\w+)"')
HEADERS = (
    *("Referer", "Accept-Language", "User-Agent", "Cookie", "If-None-Match", "If-Modified-Since", "Range"),
    *("Origin", "Accept", "Content-Type", "If-Range", "X-Forwarded-For"),
)
ADDRESSES = ("http://[::1", "http://[x]/", "//[", "http://localhost/cycles/\x7f", "http://localhost:x/cycles")
OF_HEADERS = st.sampled_from(ADDRESSES) | HOSTILE.filter(
    lambda text: not set("\r\n\0") & set(text) and len(text) < 5_000
)


def parameters() -> list[str]:
    """What any page reads of its query, by the code of the pages, and the filters of the trail."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "exchange").rglob("*.py"))
    found = {name for text in texts for name in ASKED.findall(text)}
    return sorted(found | {"who", "action", "subject", "since", "until", "do", "title", "hosts"})


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileWorld]:
    folder = tmp_path_factory.mktemp("addresses")
    file = folder / "exchange.db"
    file.write_bytes(sqlite_template.read_bytes())
    with hostile_world(file, folder) as made:
        yield made


def test_parameters_are_found() -> None:
    assert {"next", "page", "year", "like", "before", "theme"} <= set(parameters())


@pytest.mark.parametrize("referer", ADDRESSES)
def test_form_with_a_referer_that_is_no_address_is_refused_as_others_are(
    world: HostileWorld, referer: str
) -> None:
    path = "/account/sessions/1/end"
    answer = world.app.test_client().post(path, headers={"Referer": referer})
    assert answer.status_code == 403


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30, -1])
def test_plan_like_one_that_no_row_can_be_is_not_there(world: HostileWorld, number: int) -> None:
    assert world.client.get(f"/plans/new?like={number}").status_code == 404


@hypothesis.settings(max_examples=FEW)
@given(st.data())
def test_no_page_fails_on_its_query_or_headers(world: HostileWorld, data: st.DataObject) -> None:
    _ask(world, data)


@pytest.mark.slow
@hypothesis.settings(max_examples=MANY)
@given(st.data())
def test_no_page_fails_on_its_query_or_headers_in_many_tries(
    world: HostileWorld, data: st.DataObject
) -> None:
    _ask(world, data)


def _ask(world: HostileWorld, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(world.pages))
    values = HOSTILE | st.sampled_from(NUMBERS) | st.just("1")
    query = data.draw(st.dictionaries(st.sampled_from(parameters()), values, min_size=1, max_size=3))
    headers = data.draw(st.dictionaries(st.sampled_from(HEADERS), OF_HEADERS, max_size=2))
    method = data.draw(st.sampled_from(["GET", "HEAD"]))
    answer = world.client.open(path, method=method, query_string=query, headers=_sent(headers))
    answer.close()
    assert answer.status_code < 500 or (path, answer.status_code) == (READY, 503)  # no clock runs here
    assert not world.has_changed()


def _sent(headers: dict[str, str]) -> dict[str, str]:
    """As bytes that a server hands on, each a letter of Latin-1; a cookie under our name."""
    sent = {name: text.encode().decode("latin-1") for name, text in headers.items()}
    if "Cookie" in sent:
        sent["Cookie"] = dump_cookie("exchange", sent["Cookie"]).partition(";")[0]
    return sent
