"""To whom a task may be handed, and for how long they hold it: a deputy who cannot answer is none."""

import pytest
from sqlmodel import select

from exchange.models import AskAddressee, Cycle, Person, Role
from tests.contributions.conftest import AskedCycle
from tests.factories import make_city, make_person


def offered(asking: AskedCycle, name: str) -> str:
    return asking.browser().get(f"{asking.links[name]}/pass").text


def test_only_who_could_answer_is_offered_as_a_deputy(asking: AskedCycle) -> None:
    """Who had no part in the network was offered, got a letter, and its link opened nothing."""
    with asking.database.transaction() as session:
        washington = session.get_one(Person, asking.round.carl.id).city
        make_person(session, "Noah Nobody", city=washington, roles=[])
        make_person(session, "Fay Finance", city=washington, roles=[Role.FINANCE_CONTACT])
    page = offered(asking, "Carl Contact")
    assert "Fay Finance" in page
    assert "Noah Nobody" not in page


def test_a_deputy_who_moved_away_holds_the_task_no_longer(asking: AskedCycle) -> None:
    """Being handed the task counted for good, wherever the deputy went in the network."""
    with asking.database.transaction() as session:
        washington = session.get_one(Person, asking.round.carl.id).city
        dora = make_person(session, "Dora Deputy", city=washington, roles=[Role.EXPERT])
    passed = asking.browser().post(f"{asking.links['Carl Contact']}/pass", data={"person": dora.id})
    assert passed.status_code == 200
    browser = asking.sign_in(dora)
    with asking.database.reading() as session:
        task = session.exec(select(AskAddressee.id).where(AskAddressee.holder_id == dora.id)).one()
    opened = browser.post(f"/tasks/{task}/open")
    assert opened.status_code == 303
    assert asking.browser().get(opened.location).status_code == 200
    with asking.database.transaction() as session:
        session.get_one(Person, dora.id).city_id = make_city(session, "Dublin").id
    assert browser.post(f"/tasks/{task}/open").status_code == 404
    assert asking.browser().get(opened.location).status_code == 410


@pytest.mark.parametrize("is_named", [True, False])
def test_at_red_only_who_is_named_is_offered(asking: AskedCycle, is_named: bool) -> None:
    with asking.database.transaction() as session:
        carl = session.get_one(Person, asking.round.carl.id)
        fay = make_person(session, "Fay Finance", city=carl.city, roles=[Role.FINANCE_CONTACT])
        cycle = session.exec(select(Cycle)).one()
        cycle.marking, cycle.named_ids = "TLP:RED", [carl.id or 0, *([fay.id or 0] if is_named else [])]
    page = asking.sign_in(asking.round.carl).get(f"{asking.links['Carl Contact']}/pass").text
    assert ("Fay Finance" in page) is is_named
