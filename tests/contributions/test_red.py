"""At TLP:RED no letter holds a link that opens by itself."""

import re

from flask import Flask

from exchange.db import Database
from exchange.settings import Settings
from tests.contributions.conftest import make_desk
from tests.door import Door
from tests.hand_clock import HandClock


def test_red_exchange_is_answered_signed_in_only(
    app: Flask, database: Database, settings: Settings, clock: HandClock, door: Door
) -> None:
    desk = make_desk(app, database, settings, clock, door, marking="TLP:RED")
    assert desk.links == {}
    letters = [one for one in desk.letters("E3") if one.to_name == "Anna Contact"]
    assert [desk.round.cycle.title in one.text for one in letters] == [False]
    anna = door.let_in(desk.round.anna)
    # Nobody was asked by link, so the page of the cycle offers the task.
    page = anna.get(f"/cycles/{desk.round.cycle.id}/answers").text
    (task,) = re.findall(r'action="(/tasks/\d+/open)"', page)
    link = anna.post(task).location
    assert anna.get(link).status_code == 200
    assert desk.browser().get(link).status_code == 303
    assert door.let_in(desk.round.bea).get(link).status_code == 303
