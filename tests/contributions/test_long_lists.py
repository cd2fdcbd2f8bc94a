"""The page of a cycle's answers when many were asked: fifty of each list, a search, as many statements."""

import re

from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from exchange.contributions.views.cycle_answers import ANSWERS_PAGE
from exchange.models import AskAddressee, AskParty, Contribution, ContributionVersion
from exchange.web.presentation.paging import PER_PAGE
from tests.contributions.conftest import AskedCycle
from tests.factories import make_person
from tests.statements import statements_for


def add_answers(session: Session, asking: AskedCycle, count: int, *, first: int = 0) -> None:
    """Members of the group, each asked and each with an answer that was handed in."""
    at = asking.clock()
    party = session.exec(select(AskParty).where(col(AskParty.group_id).is_not(None))).first()
    assert party is not None
    for number in range(first, first + count):
        person = make_person(session, f"Member {number:03}", city=asking.round.london)
        held = {"party_id": party.id, "person_id": person.id, "holder_id": person.id, "asked_at": at}
        addressee = AskAddressee(**held)
        session.add(addressee)
        session.flush()
        version = ContributionVersion(number=1, person_id=person.id, submitted_at=at, marking="TLP:GREEN")
        session.add(
            Contribution(
                party_id=party.id,
                addressee_id=addressee.id,
                author_id=person.id,
                marking="TLP:GREEN",
                created_at=at,
                changed_at=at,
                submitted_at=at,
                versions=[version],
            )
        )


def listed(client: FlaskClient, address: str) -> tuple[list[str], list[str]]:
    """The members in the list of who was asked, and in that of the answers."""
    who, _, answers = client.get(address).text.partition('id="answers"')
    in_rows = re.findall(r'data-label="Who answers">(Member \d+)', who)
    return in_rows, re.findall(r", (Member \d+)</a>", answers)


def test_each_list_is_paged_and_searched_and_nobody_is_missing(asking: AskedCycle) -> None:
    path = f"/cycles/{asking.round.cycle.id}/answers"
    with asking.database.transaction() as session:
        add_answers(session, asking, 2)
    client = asking.sign_in(asking.coordinator)
    assert 'name="search"' not in client.get(path).text  # all fits
    few = statements_for(client, path)
    with asking.database.transaction() as session:
        add_answers(session, asking, 60, first=2)
    assert statements_for(client, path) == few
    everybody = [f"Member {number:03}" for number in range(62)]

    who, answers = listed(client, path)
    more_who, same_answers = listed(client, f"{path}?page=2")
    same_who, more_answers = listed(client, f"{path}?{ANSWERS_PAGE}=2")
    assert len(answers) == PER_PAGE
    assert (same_who, same_answers) == (who, answers)  # each list has a page of its own
    assert sorted([*who, *more_who]) == everybody
    assert [*answers, *more_answers] == everybody
    other = f'href="{path}?{ANSWERS_PAGE}=2&amp;page=2"'
    assert other in client.get(f"{path}?{ANSWERS_PAGE}=2").text

    assert listed(client, f"{path}?search=member+061") == (["Member 061"], ["Member 061"])
    assert listed(client, f"{path}?search=nobody+so") == ([], [])
    assert "62 of" in client.get(f"{path}?search=nobody+so").text
