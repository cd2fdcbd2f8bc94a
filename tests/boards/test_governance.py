"""The page that leads to all pages of governance, and what boards may read by the policy."""

import pytest

from exchange.access.things import LEDGER, NETWORK_RECORD
from exchange.db import Database
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Kind, Thing
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation import governance
from tests.access.routes import ON_SQLITE
from tests.boards.conftest import Net
from tests.pages import links_of, text_of
from tests.sign_in import SignIn

BOARD = Standing(person_id=1, is_in_network=True, boards=frozenset({1}))


@ON_SQLITE
def test_it_lists_what_exists_and_may_be_opened(
    net: Net, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = (*governance.PAGES, ("nowhere.yet", "Not there", "x"), ("network.people", "People", "Everybody."))
    monkeypatch.setattr(governance, "PAGES", pages)
    member, coordinator = sign_in(net.member), sign_in(net.coordinator)
    shown = text_of(coordinator.get("/governance"))
    assert "Who sits on each board" in shown
    assert ("Everybody." in shown, "Not there" in shown) == (True, False)
    assert "Everybody." not in text_of(member.get("/governance"))


@ON_SQLITE
def test_one_link_of_the_navigation_leads_there_and_stays_current(net: Net, sign_in: SignIn) -> None:
    client = sign_in(net.coordinator)
    for page in ("/governance", "/governance/boards", "/governance/decisions"):
        shown = client.get(page)
        assert links_of(shown, "Governance")[0] == "/governance"
        assert 'href="/governance" aria-current="page"' in " ".join(shown.text.split())


@ON_SQLITE
def test_who_sits_where_is_for_the_network_alone(net: Net, database: Database, sign_in: SignIn) -> None:
    for page in ("/governance/boards", f"/governance/boards/{net.board.id}"):
        assert sign_in(net.lead).get(page).status_code == 200
        assert sign_in.app.test_client().get(page).status_code in (302, 303, 401, 403)


@pytest.mark.parametrize(
    "thing",
    [
        LEDGER,
        NETWORK_RECORD,
        Thing(Kind.ROUND, Marking.AMBER_STRICT),
        Thing(Kind.LESSON, Marking.AMBER),
        Thing(Kind.ACTION, Marking.AMBER),
        Thing(Kind.CYCLE, Marking.AMBER),
        Thing(Kind.TRAINING, Marking.AMBER),
        Thing(Kind.DIRECTORY, Marking.GREEN),
    ],
)
def test_board_members_read_the_year_fairness_needs_and_findings(thing: Thing) -> None:
    assert may(BOARD, Right.READ, thing)


def test_board_members_rank_needs_and_change_nothing_else() -> None:
    assert may(BOARD, Right.WRITE, Thing(Kind.ROUND, Marking.AMBER_STRICT))
    for kind in (Kind.CYCLE, Kind.TRAINING, Kind.LESSON, Kind.ACTION, Kind.BOARD_MEETING, Kind.DECISION):
        assert not may(BOARD, Right.CHANGE, Thing(kind, Marking.AMBER, boards=frozenset({1})))
