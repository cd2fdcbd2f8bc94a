"""An installation that signed with the public secret: what was made with it ends, and it is said."""

from pathlib import Path

from pydantic import SecretStr
from sqlmodel import select

from exchange.answering.personal_links import Task, found_link, link_for
from exchange.commands.data_dir import prepare_data_dir
from exchange.commands.public_secret import retire_public_secret
from exchange.db import Database
from exchange.feeds.subscriptions.feed_lifecycle import ensure_feeds
from exchange.feeds.subscriptions.secret_addresses import token_of
from exchange.migrations import migrate
from exchange.models import Feed, FeedAddress, FeedKind, PersonalLink
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from exchange.tokens import PUBLIC_SECRET, digest
from exchange.uploads.file_storage import store
from tests.answering.asked import ASKED_AT, make_round
from tests.audit_key import CARRIED


def test_addresses_and_links_of_the_public_secret_end_once_and_others_stay(
    database: Database, settings: Settings
) -> None:
    """Whoever has read the source could open answers and calendars of any development installation."""
    public = settings.model_copy(update={"secret_key": SecretStr(PUBLIC_SECRET)})
    with database.transaction() as session:
        round_ = make_round(session)
        ensure_feeds(session, public, ASKED_AT)
        tasks = [
            Task(addressee_id=round_.asked(session, person, CycleAsk.CITIES).id)
            for person in (round_.anna, round_.carl)
        ]
        old, new = (
            link_for(session, task, to=person, settings=signing, now=ASKED_AT).rpartition("/")[2]
            for task, person, signing in zip(
                tasks, (round_.anna, round_.carl), (public, settings), strict=True
            )
        )
        feeds = session.exec(select(Feed).where(Feed.kind != FeedKind.NETWORK)).all()
        tokens = {digest(token_of(public, feed) or "") for feed in feeds}
    said = " ".join(retire_public_secret(database, settings, ASKED_AT))
    assert "signed with a secret that anybody can read" in said
    assert f"{len(feeds)} addresses of calendars" in said
    assert " 1 personal links" in said
    with database.reading() as session:
        addresses = session.exec(select(FeedAddress)).all()
        assert {one.token_digest for one in addresses if one.revoked_at} == tokens
        assert all(
            token_of(settings, feed) for feed in session.exec(select(Feed)) if feed.kind != FeedKind.NETWORK
        )
        links = {link.token_digest: link.revoked_at for link in session.exec(select(PersonalLink))}
        assert (links.pop(digest(old)), links.pop(digest(new))) == (ASKED_AT, None)
        assert [*links.values()] == [None]  # the one in place of the old one
        assert found_link(session, new)
    assert retire_public_secret(database, settings, ASKED_AT) == []


def test_what_an_installation_keeps_is_closed_to_other_users_also_what_was_made_open(tmp_path: Path) -> None:
    """exchange.db was readable for everybody on the machine."""
    settings = Settings(data_dir=tmp_path / "var", sample=False)
    for folder in (settings.data_dir, settings.mail_dir, settings.uploads):
        folder.mkdir(mode=0o755)
    file = settings.data_dir / "exchange.db"
    for name in ("exchange.db", "secret_key"):
        (settings.data_dir / name).touch(mode=0o644)
    prepare_data_dir(settings)
    migrate(settings.database_url)
    database = Database(settings.database_url, carries=CARRIED)
    with database.transaction() as session:
        session.connection()
        beside = [path for path in settings.data_dir.iterdir() if path.is_file()]
        assert {f"{file.name}-wal", f"{file.name}-shm"} <= {path.name for path in beside}
        assert {path.stat().st_mode & 0o777 for path in beside} == {0o600}
    database.dispose()
    folders = (settings.data_dir, settings.mail_dir, settings.uploads)
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    stored = store(settings.uploads, b"A plan.")
    assert (settings.uploads / stored.stored_name).stat().st_mode & 0o777 == 0o600
