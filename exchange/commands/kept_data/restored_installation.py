"""What is done with a restored state before it holds: sessions end, doubtful letters are held.

The letters that the ticks would write from it are written here, once and for all: each says what went out
before or might have, and none of them may leave unasked.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from exchange.audit import wait_for_turn
from exchange.audit.anchors import present_anchor
from exchange.backups.manifest import Manifest
from exchange.backups.restored_state import end_all_sessions, publish_anew, record_restore
from exchange.db import Database
from exchange.duties.configured import stage_plan_of
from exchange.invitations import change_announcements, withdrawn_invitations
from exchange.mail.outbox.held_letters import HeldKind, hold_doubtful
from exchange.mail.outbox.withdrawals import withdraw_outdated
from exchange.mail.schedule import outlooks
from exchange.operations.anchor_letters import queue_anchor_letters
from exchange.reminders.actions import queue_letters
from exchange.reminders.duty_rules import duty_rules
from exchange.reminders.queue_duty_letters import queue_mornings
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings


def settle(database: Database, manifest: Manifest, settings: Settings, now: datetime) -> Sequence[str]:
    """Make a restored state fit to work on; what people have to know of it, in sentences."""
    with database.transaction() as session:
        wait_for_turn(session)
        end_all_sessions(session, now)
        publish_anew(session, now)
    _queue_all_due(database, settings, now)
    with database.transaction() as session:
        wait_for_turn(session)
        held = hold_doubtful(session, now)
        record_restore(session, manifest, sum(one.count for one in held), now)
    return list(_sentences(held, manifest, settings))


def _queue_all_due(database: Database, settings: Settings, now: datetime) -> None:
    """One round of the ticks that write letters, in their order: a second one would write none."""
    plan = stage_plan_of(settings)
    with database.transaction() as session:
        wait_for_turn(session)
        withdraw_outdated(session)
    _queue_reminders(database, plan, settings, now)
    with database.transaction() as session:
        wait_for_turn(session)
        queue_mornings(session, duty_rules(settings, plan), settings, now)
    with database.transaction() as session:
        wait_for_turn(session)
        change_announcements.tell_changes(session, plan=plan, settings=settings, now=now)
    with database.transaction() as session:
        wait_for_turn(session)
        for item in withdrawn_invitations.items_in_calendars(session, now):
            withdrawn_invitations.release(session, item, plan=plan, settings=settings, now=now)
    with database.transaction() as session:
        queue_anchor_letters(session, present_anchor(session, now), settings=settings, now=now)


def _queue_reminders(database: Database, plan: StagePlan, settings: Settings, now: datetime) -> None:
    """Queue what is due of each item, until none is: some letters call for others."""
    with database.reading() as session:
        items = outlooks.current(session, now)
    for item in items:
        queued = 1
        while queued:
            with database.transaction() as session:
                due = outlooks.look(session, item, plan=plan, now=now).due
                queued = queue_letters(session, due, plan=plan, settings=settings, now=now)


def _sentences(held: Sequence[HeldKind], manifest: Manifest, settings: Settings) -> Iterator[str]:
    at = f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"
    if held:
        count = sum(one.count for one in held)
        kinds = ", ".join(f"{one.count} {one.kind}" for one in held)
        yield f"{count} letters may have gone already, and are held until a coordinator lets them: {kinds}."
        yield f"The page for that: {settings.base_url.rstrip('/')}/letters/held"
    else:
        yield "No letter can go a second time."
    yield "Everybody signs in anew; accounts at an identity provider are matched anew by their addresses."
    yield (
        f"What was done after {at} is not in it. Here again are people who were erased or deactivated since,"
        " roles that were taken away, addresses of people before they changed, second factors and recovery"
        " codes that were removed or used, and addresses of calendars and links that were revoked. Do that"
        " anew before people can reach it (docs/operations.md)."
    )
