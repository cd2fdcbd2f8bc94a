"""A browser that is signed in, and a calendar that somebody has fetched: what a restore must look after."""

from datetime import datetime, timedelta

from sqlmodel import select

from exchange.feeds.publishing.publish import publish_stale
from exchange.models import Person, ProviderAccount, ProviderAttempt, WebSession
from exchange.tokens import digest
from tests.backups.houses import NOW, House


def sign_somebody_in(house: House) -> None:
    with house.at_work() as database, database.transaction() as session:
        person = session.exec(select(Person).where(Person.name == "Anna Contact")).one()
        made = WebSession(
            token_digest=digest("a cookie"),
            person_id=person.id or 0,
            created_at=NOW,
            expires_at=NOW + timedelta(days=7),
        )
        session.add(made)


def know_an_account(house: House) -> None:
    """Somebody has signed in at the identity provider, and somebody else is there just now."""
    with house.at_work() as database, database.transaction() as session:
        person = session.exec(select(Person).where(Person.name == "Anna Contact")).one()
        account = ProviderAccount(
            person_id=person.id or 0,
            issuer="https://sso.example.org",
            subject="4711",
            created_at=NOW,
            last_used_at=NOW,
        )
        attempt = ProviderAttempt(
            state_digest=digest("a state"), leads_to="/", expires_at=NOW + timedelta(minutes=10)
        )
        session.add_all([account, attempt])


def publish_a_feed(house: House, now: datetime) -> None:
    with house.at_work() as database:
        publish_stale(database, house.settings, now)
