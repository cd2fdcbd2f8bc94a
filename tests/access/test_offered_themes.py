"""One list of themes is offered everywhere, in the order of the keys and without the one that is none."""

from exchange.access.offered_themes import themes_to_offer
from exchange.db import Database
from exchange.models import Theme
from exchange.models.themes import TO_BE_CHOSEN
from tests.access.routes import ON_SQLITE


@ON_SQLITE
def test_the_catalogue_is_offered_by_its_keys(database: Database) -> None:
    with database.transaction() as session:
        for key, name in (("T09", "Alpha"), (TO_BE_CHOSEN, "To be chosen"), ("T02", "Omega")):
            session.add(Theme(key=key, name=name))
    with database.reading() as session:
        assert [name for _id, name in themes_to_offer(session)] == ["T02 Omega", "T09 Alpha"]
