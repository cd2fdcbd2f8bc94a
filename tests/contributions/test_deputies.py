"""To whom a task may be handed, and for how long they hold it: a deputy who cannot answer is none."""

import pytest
from sqlmodel import select

from exchange.models import Cycle, Person, PromptAddressee, Role
from tests.contributions.conftest import PromptedCycle
from tests.factories import make_city, make_person


def offered(prompted: PromptedCycle, name: str) -> str:
    return prompted.browser().get(f"{prompted.links[name]}/pass").text


def test_only_who_could_answer_is_offered_as_a_deputy(prompted: PromptedCycle) -> None:
    """Who had no part in the network was offered, got a letter, and its link opened nothing."""
    with prompted.database.transaction() as session:
        washington = session.get_one(Person, prompted.round.carl.id).city
        make_person(session, "Noah Nobody", city=washington, roles=[])
        make_person(session, "Fay Finance", city=washington, roles=[Role.FINANCE_CONTACT])
    page = offered(prompted, "Carl Contact")
    assert "Fay Finance" in page
    assert "Noah Nobody" not in page


def test_a_deputy_who_moved_away_holds_the_task_no_longer(prompted: PromptedCycle) -> None:
    """Being handed the task counted for good, wherever the deputy went in the network."""
    with prompted.database.transaction() as session:
        washington = session.get_one(Person, prompted.round.carl.id).city
        dora = make_person(session, "Dora Deputy", city=washington, roles=[Role.EXPERT])
    passed = prompted.browser().post(f"{prompted.links['Carl Contact']}/pass", data={"person": dora.id})
    assert passed.status_code == 200
    browser = prompted.sign_in(dora)
    with prompted.database.reading() as session:
        task = session.exec(select(PromptAddressee.id).where(PromptAddressee.holder_id == dora.id)).one()
    opened = browser.post(f"/tasks/{task}/open")
    assert opened.status_code == 303
    assert prompted.browser().get(opened.location).status_code == 200
    with prompted.database.transaction() as session:
        session.get_one(Person, dora.id).city_id = make_city(session, "Dublin").id
    assert browser.post(f"/tasks/{task}/open").status_code == 404
    assert prompted.browser().get(opened.location).status_code == 410


@pytest.mark.parametrize("is_named", [True, False])
def test_at_red_only_who_is_named_is_offered(prompted: PromptedCycle, is_named: bool) -> None:
    with prompted.database.transaction() as session:
        carl = session.get_one(Person, prompted.round.carl.id)
        fay = make_person(session, "Fay Finance", city=carl.city, roles=[Role.FINANCE_CONTACT])
        cycle = session.exec(select(Cycle)).one()
        cycle.marking, cycle.named_ids = "TLP:RED", [carl.id or 0, *([fay.id or 0] if is_named else [])]
    page = prompted.sign_in(prompted.round.carl).get(f"{prompted.links['Carl Contact']}/pass").text
    assert ("Fay Finance" in page) is is_named
