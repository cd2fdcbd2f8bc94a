"""What was answered, as values: by the wording it was given to, and nothing that means nothing."""

from exchange.db import Database
from exchange.needs.given_answers import answers_of_round, ask_of_round
from exchange.rules.needs.scores import LastExercised
from tests.access.routes import ON_SQLITE
from tests.factories import make_person
from tests.needs.conftest import NEVER, NOW, Net, handed_in, opened


@ON_SQLITE
def test_an_answer_means_what_its_wording_meant_when_it_was_given(database: Database, net: Net) -> None:
    with database.transaction() as session:
        found = opened(session, net)
        ask = ask_of_round(session, found)
        assert ask is not None
        before = make_person(session, city=net.cities["London"])
        handed_in(session, ask, before, (5, 2, NEVER))
        last = ask.questions[2]
        last.earlier = [{"version": 1, "text": last.text, "options": list(last.options)}]
        last.options, last.version = ["Lately", "Some years ago", "Long ago", "Not once", "Cannot say"], 2
        session.flush()
        given = answers_of_round(session, found).as_of(NOW)
        assert [one.last_exercised for one in given] == [LastExercised.NEVER] * 3


@ON_SQLITE
def test_an_option_that_was_added_means_nothing_and_is_not_scored(database: Database, net: Net) -> None:
    with database.transaction() as session:
        found = opened(session, net)
        ask = ask_of_round(session, found)
        assert ask is not None
        ask.questions[2].options = [*ask.questions[2].options, "Cannot say"]
        handed_in(session, ask, make_person(session, city=net.cities["London"]), (5, 2, 4))
        assert answers_of_round(session, found).as_of(NOW) == []
