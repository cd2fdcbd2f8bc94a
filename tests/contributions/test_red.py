"""At TLP:RED no letter holds a link that opens by itself."""

import re

from flask import Flask

from exchange.db import Database
from exchange.settings import Settings
from tests.contributions.conftest import make_asked_cycle
from tests.hand_clock import HandClock
from tests.sign_in import SignIn


def test_red_exchange_is_answered_signed_in_only(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    asking = make_asked_cycle(app, database, settings, clock, sign_in, marking="TLP:RED")
    assert asking.links == {}
    letters = [one for one in asking.letters("E3") if one.to_name == "Anna Contact"]
    assert [asking.round.cycle.title in one.text for one in letters] == [False]
    anna = sign_in(asking.round.anna)
    # Nobody was asked by link, so the page of the cycle offers the task.
    page = anna.get(f"/cycles/{asking.round.cycle.id}/answers").text
    (task,) = re.findall(r'action="(/tasks/\d+/open)"', page)
    link = anna.post(task).location
    assert anna.get(link).status_code == 200
    assert asking.browser().get(link).status_code == 303
    assert sign_in(asking.round.bea).get(link).status_code == 303
