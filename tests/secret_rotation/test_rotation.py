"""Another secret key: what the old one made opens nothing any more, and what people need they have anew."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlmodel import Session, col, select

from exchange.accounts import totp
from exchange.accounts.recovery_codes import make_codes, use_code
from exchange.answering.personal_links import Task, link_for, renew_links
from exchange.app import create_app
from exchange.busy import encryption
from exchange.busy.fetching.fetch_messages import Source
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.feeds.publishing.publish import publish_stale
from exchange.feeds.subscriptions.secret_addresses import current_address, replace_address
from exchange.invitations.invitation_links import answer_link, reply_token
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.models import (
    AuditEntry,
    BusyCalendar,
    Erasure,
    Feed,
    FeedKind,
    Invitation,
    Letter,
    LetterState,
    RecoveryCode,
    SecondFactor,
    WebSession,
)
from exchange.network.erased_addresses import address_digest, block_on
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.secret_rotation.renewed_addresses import Change, renew_feeds, renew_invitations
from exchange.secret_rotation.rotation import count_others, has_made, is_done, rotate
from exchange.settings import Settings
from exchange.tokens import digest, new_token
from tests.answering.asked import ASKED_AT, Round, make_round
from tests.factories import stage_plan
from tests.hand_clock import HandClock
from tests.queueing import queue_due

WEEKS_AHEAD = timedelta(weeks=20)


@dataclass
class Installation:
    """Everything that the secret key makes, made with the old one; addresses by what they open."""

    database: Database
    old: Settings
    new: Settings
    clock: HandClock
    round: Round
    addresses: dict[str, str] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    apps: list[Flask] = field(default_factory=list)

    def rotate(self) -> list[str]:
        return [*rotate(self.database, old=self.old.secret_key, new=self.new, now=self.clock()).lines()]

    def browser(self) -> FlaskClient:
        app = create_app(self.new, now=self.clock)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        self.apps.append(app)
        return app.test_client()

    def letters(self, kind: str) -> list[Letter]:
        with self.database.reading() as session:
            return list(session.exec(select(Letter).where(Letter.kind == kind).order_by(col(Letter.id))))


@pytest.fixture
def installation(database: Database, settings: Settings, clock: HandClock) -> Iterator[Installation]:
    clock.set(ASKED_AT)
    new = settings.model_copy(update={"secret_key": SecretStr(new_token())})
    with database.transaction() as session:
        round_ = make_round(session)
    made = Installation(database, settings, new, clock, round_)
    publish_stale(database, settings, ASKED_AT)
    with database.transaction() as session:
        _make_addresses(session, made)
        _make_factors(session, made)
        source = Source("ics", "https://calendar.example.org/secret.ics")
        session.add(
            BusyCalendar(
                city_id=round_.london.id,
                kind="ics",
                host="calendar.example.org",
                sealed=encryption.seal(source, settings),
                given_at=ASKED_AT,
                due_at=ASKED_AT,
            )
        )
    yield made
    for app in made.apps:
        app.extensions["exchange"].database.dispose()


def _make_addresses(session: Session, made: Installation) -> None:
    round_, settings = made.round, made.old
    anna = session.merge(round_.anna)
    addressee = round_.asked(session, anna, CycleAsk.CITIES)
    made.addresses["task"] = link_for(session, Task(addressee.id), to=anna, settings=settings, now=ASKED_AT)
    made.addresses["preferences"] = preferences_link(anna, settings)
    made.addresses["one click"] = one_click_link(anna, settings)
    uid = "4f0c1c9e@exchange"
    invitation = Invitation(
        person_id=anna.id or 0,
        cycle_id=round_.cycle.id,
        meeting="session",
        uid=uid,
        changed_at=ASKED_AT,
        link_digest="",
        reply_digest="",
    )
    made.addresses["attend"] = answer_link(settings, invitation)
    invitation.link_digest = digest(made.addresses["attend"].rpartition("/")[2])
    invitation.reply_digest = digest(reply_token(settings, uid))
    session.add(invitation)


def _make_factors(session: Session, made: Installation) -> None:
    bea = session.merge(made.round.bea)
    sealed = totp.seal("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", bea, made.old)
    session.add(SecondFactor(person_id=bea.id or 0, totp_sealed=sealed, totp_since=ASKED_AT))
    made.codes = make_codes(session, bea, made.old)
    session.add(
        WebSession(
            token_digest=digest("a cookie"),
            person_id=bea.id or 0,
            created_at=ASKED_AT,
            expires_at=ASKED_AT + timedelta(days=7),
        )
    )


def test_addresses_of_calendars_end_and_who_keeps_them_is_told_once(installation: Installation) -> None:
    with installation.database.reading() as session:
        feeds = session.exec(select(Feed).where(Feed.kind != FeedKind.NETWORK)).all()
        before = {feed.id: current_address(installation.old, feed) for feed in feeds}
    assert None not in before.values()
    (said, *_) = installation.rotate()
    assert f"{len(before)} addresses of calendars" in said
    with installation.database.reading() as session:
        feeds = session.exec(select(Feed).where(Feed.kind != FeedKind.NETWORK)).all()
        after = {feed.id: current_address(installation.new, feed) for feed in feeds}
        assert [current_address(installation.old, feed) for feed in feeds] == [None] * len(feeds)
    browser = installation.browser()
    for feed_id, address in before.items():
        assert address is not None
        assert browser.get(address.removeprefix(installation.new.base_url)).status_code == 410
        path = (after[feed_id] or "").removeprefix(installation.new.base_url)
        assert browser.get(path).status_code == 200
    letters = installation.letters("new address")
    assert {letter.to_name for letter in letters} >= {"Bea Lead", "Anna Contact", "Dora Chair", "Emil Expert"}
    assert "The secret key of this installation was changed." in letters[0].text
    assert [letter for letter in letters if "/feeds/" not in letter.text] == []
    for address in [*before.values(), *after.values()]:
        assert [letter for letter in letters if (address or "") in letter.text] == []


def test_links_in_letters_end(installation: Installation) -> None:
    installation.rotate()
    browser = installation.browser()
    for name in ("task", "attend", "preferences"):
        page = browser.get(installation.addresses[name].removeprefix(installation.new.base_url))
        assert page.status_code in {404, 410}, name
    one_click = installation.addresses["one click"].removeprefix(installation.new.base_url)
    stopped = browser.post(one_click, data={"List-Unsubscribe": "One-Click"})
    assert stopped.status_code == 404
    with installation.database.reading() as session:
        invitation = session.exec(select(Invitation)).one()
        assert invitation.reply_digest == digest(reply_token(installation.new, invitation.uid))


def test_letters_that_wait_keep_their_rows_and_get_links_that_work(installation: Installation) -> None:
    old = installation.addresses
    with installation.database.transaction() as session:
        anna = session.merge(installation.round.anna)
        text = "".join(f"{name}: {address}\n" for name, address in old.items())
        letter = ComposedLetter("Thank you", text, f"<p>{text}</p>", unsubscribe_url=old["one click"])
        queue(session, letter, to=anna, once_key="receipt", kind="receipt", why="", now=ASKED_AT)
        queue_due(session, plan=stage_plan(), settings=installation.old, now=ASKED_AT)
    before = {letter.once_key: letter.message_id for letter in _all(installation)}
    installation.rotate()
    with installation.database.transaction() as session:
        queue_due(session, plan=stage_plan(), settings=installation.new, now=ASKED_AT)
    waiting = [one for one in _all(installation) if one.kind != "new address" and one.once_key in before]
    assert {letter.once_key: letter.message_id for letter in waiting} == before
    assert {letter.state for letter in waiting} == {LetterState.QUEUED}
    kept = " ".join(f"{one.text} {one.html} {one.unsubscribe_url}" for one in waiting)
    for address in old.values():
        assert address not in kept
    browser = installation.browser()
    (receipt,) = installation.letters("receipt")
    for name, address in re.findall(r"^(\w+): (\S+)$", receipt.text, re.MULTILINE):
        path = address.removeprefix(installation.new.base_url)
        assert browser.get(path).status_code == 200, name
    assert receipt.unsubscribe_url == one_click_link(installation.round.anna, installation.new)


def _all(installation: Installation) -> list[Letter]:
    with installation.database.reading() as session:
        return list(session.exec(select(Letter).order_by(col(Letter.id))))


def test_apps_and_busy_calendars_go_on_and_recovery_codes_end(installation: Installation) -> None:
    installation.rotate()
    with installation.database.transaction() as session:
        bea = session.merge(installation.round.bea)
        factor = session.exec(select(SecondFactor)).one()
        assert totp.unseal(factor.totp_sealed, bea, installation.new) == "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        source = encryption.unseal(session.exec(select(BusyCalendar)).one().sealed, installation.new)
        assert source.url == "https://calendar.example.org/secret.ics"
        assert session.exec(select(RecoveryCode)).all() == []
        assert not use_code(session, bea, installation.codes[0], installation.new, ASKED_AT)
    (letter,) = installation.letters("account")
    assert letter.to_name == "Bea Lead"
    assert "your recovery codes no longer work" in letter.text


def test_sessions_end_and_the_trail_says_so(installation: Installation) -> None:
    installation.rotate()
    with installation.database.reading() as session:
        assert session.exec(select(WebSession)).one().revoked_at == ASKED_AT
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "rotate secret key")).one()
        assert entry.after is not None
        assert (entry.after["links"], entry.after["invitations"], entry.after["apps"]) == (1, 1, 1)


def test_second_time_finds_nothing_and_a_wrong_old_secret_is_refused(installation: Installation) -> None:
    old, new = installation.old.secret_key, installation.new
    assert not is_done(installation.database, old=old, new=new, now=ASKED_AT)
    with pytest.raises(ConfigurationError, match="is it the right one"):
        is_done(installation.database, old=SecretStr(new_token()), new=new, now=ASKED_AT)
    installation.rotate()
    assert is_done(installation.database, old=old, new=new, now=ASKED_AT)
    assert not has_made(installation.database, old, new)


def test_wrong_old_secret_is_refused_though_some_addresses_are_of_the_new_one(
    installation: Installation,
) -> None:
    """The new key was set before the rotation, and made one address: those of the leaked key still open."""
    with installation.database.transaction() as session:
        feed = session.exec(select(Feed).where(Feed.kind != FeedKind.NETWORK)).first()
        assert feed is not None
        replace_address(session, feed, actor=None, settings=installation.new, now=ASKED_AT)
    _refuse_wrong(installation)


@pytest.mark.parametrize("left", ["feeds", "links", "invitations"])
def test_each_kind_of_address_that_still_opens_is_looked_for(installation: Installation, left: str) -> None:
    change = Change(installation.old, installation.new, ASKED_AT, "a test")
    with installation.database.transaction() as session:
        if left != "feeds":
            renew_feeds(session, change)
        if left != "links":
            renew_links(session, old=change.old, new=change.new, why=change.why, now=change.now)
        if left != "invitations":
            renew_invitations(session, change)
    assert has_made(installation.database, installation.old.secret_key, installation.new)
    _refuse_wrong(installation)
    assert count_others(installation.database, installation.new, ASKED_AT)
    installation.rotate()
    assert not count_others(installation.database, installation.new, ASKED_AT)
    assert is_done(installation.database, old=installation.old.secret_key, new=installation.new, now=ASKED_AT)


def _refuse_wrong(installation: Installation) -> None:
    mistyped = SecretStr(new_token())
    with pytest.raises(ConfigurationError, match="is it the right one"):
        is_done(installation.database, old=mistyped, new=installation.new, now=ASKED_AT)


def test_link_whose_time_is_over_asks_for_no_rotation(installation: Installation) -> None:
    later = ASKED_AT + WEEKS_AHEAD
    change = Change(installation.old, installation.new, later, "a test")
    with installation.database.transaction() as session:
        renew_feeds(session, change)
        renew_invitations(session, change)
    mistyped = SecretStr(new_token())
    assert is_done(installation.database, old=mistyped, new=installation.new, now=later)


def test_erased_addresses_are_forgotten_and_that_is_said(installation: Installation) -> None:
    """Only a digest is kept of them, by design: it cannot be carried over."""
    email, person_id = "gone@example.org", installation.round.carl.id or 0
    with installation.database.transaction() as session:
        known_by = address_digest(email, installation.old)
        session.add(Erasure(person_id=person_id, number=7, address_digest=known_by, erased_at=ASKED_AT))
        session.flush()
        assert block_on(session, email, installation.old)
    said = " ".join(installation.rotate())
    assert "1 erased addresses can be entered again" in said
    with installation.database.reading() as session:
        assert not block_on(session, email, installation.new)


def test_expired_links_are_not_given_anew(installation: Installation) -> None:
    installation.clock.set(ASKED_AT + WEEKS_AHEAD)
    (said, *_) = installation.rotate()
    assert " 0 personal links" in said
