"""Letters about products of no stage plan, read whole; at TLP:RED they say nothing but that there is one."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.mail.writing.custom_wording import Edited, Wordings
from exchange.mail.writing.occasions.product_letters import OUT, REMINDER, REVIEW, ProductNews, product_letter
from exchange.models import Person, ProductVersion
from tests.mail.programme import three_city_cycle
from tests.mail.writing.test_answer_letters import NAMES, SETTINGS, read_whole
from tests.mail.writing.test_compose import compare, words_of

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
LINKS = {
    REVIEW: "https://exchange.example.org/review/a-link-of-their-own",
    REMINDER: "https://exchange.example.org/review/a-link-of-their-own",
    OUT: "https://exchange.example.org/products/3",
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("marking", ["TLP:GREEN", "TLP:RED"])
def test_letters_about_products_read_as_their_golden_files(database: Database, marking: str) -> None:
    with database.transaction() as session:
        three_city_cycle(session)
        people = [session.exec(select(Person).where(Person.name == name)).one() for name in NAMES]
        version = ProductVersion(
            product_id=3,
            number=2,
            title="Drones over cities",
            marking=marking,
            text="",
            person_id=1,
            saved_at=AT,
        )
        for folder, link in LINKS.items():
            news = ProductNews(version, link, None if folder == OUT else date(2027, 3, 12))
            letters = [(one.name, product_letter(folder, one, news, SETTINGS)) for one in people]
            compare(f"{folder}_{marking.removeprefix('TLP:').lower()}", read_whole(letters))
            for _name, letter in letters:
                assert words_of(letter.html) == letter.text.split()
                assert letter.unsubscribe_url
                assert ("Drones" in letter.subject + letter.text) is (marking == "TLP:GREEN")
            worded = Wordings({(folder, None): Edited("Mine: {title}", "My words\n{link}")})
            mine = product_letter(folder, people[0], news, SETTINGS, worded)
            assert ("My words" in mine.text) is (marking == "TLP:GREEN")
            assert mine.unsubscribe_url
