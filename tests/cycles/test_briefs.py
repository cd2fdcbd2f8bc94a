"""What a cycle is about and its agendas: typed, kept, shown as text that is safe, and told."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.audit import kept_text
from exchange.cycles import actions, queries
from exchange.db import Database
from exchange.errors import InvalidInput
from exchange.feeds.content.entries import EntryKind
from exchange.feeds.content.queries import Audience, entries_for
from exchange.models import AuditEntry, Cycle
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from tests.cycles.conftest import NOW, Net, SignIn, opened, typed
from tests.cycles.test_actions import edit_of
from tests.cycles.test_pages import saved, version_of
from tests.cycles.test_stories import words
from tests.factories import stage_plan

PLAN = stage_plan()
BRIEF = "Zanzibar: *who* flies.\n\n<script>alert(1)</script>"
AGENDAS = {"scoping_call": "Zanzibar: questions", "session": "Zanzibar:\n\n- 10 min each"}
LATER = NOW + timedelta(hours=1)


def test_form_keeps_brief_and_agendas_and_the_page_shows_them(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    sent = typed(net, brief=BRIEF, save="1", **{"agendas-0": "", "agendas-1": "- 10 min each"})
    assert coordinator.post("/cycles/new", data=sent).status_code == 303
    with database.reading() as session:
        cycle = session.exec(select(Cycle)).one()
        assert (cycle.brief, cycle.agendas) == (BRIEF, {"session": "- 10 min each"})
    page = coordinator.get(f"/cycles/{cycle.id}").text
    assert "<p>Zanzibar: <em>who</em> flies.</p>" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "<li>10 min each</li>" in page
    assert words(page).count("There is no agenda yet.") == 1  # of the scoping call
    form = coordinator.get(f"/cycles/{cycle.id}/edit").text
    assert "Agenda: Scoping call" in form
    assert "Agenda: Live session" in form
    assert "- 10 min each</textarea>" in form


def test_edit_changes_them_and_an_empty_field_takes_one_away(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    cycle_id = saved(database, net, brief=BRIEF, agendas=AGENDAS)
    sent = typed(net, version=str(version_of(database, cycle_id)), brief="New")
    sent |= {"agendas-0": "", "agendas-1": "Zanzibar"}
    assert coordinator.post(f"/cycles/{cycle_id}/edit", data=sent).status_code == 303
    with database.reading() as session:
        cycle = session.get_one(Cycle, cycle_id)
        assert (cycle.brief, cycle.agendas) == ("New", {"session": "Zanzibar"})
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "edit cycle")).one()
        assert entry.before == {  # digests: a text may name somebody whom the trail could not forget
            "brief": kept_text(BRIEF),
            "agenda: scoping_call": kept_text(AGENDAS["scoping_call"]),
            "agenda: session": kept_text(AGENDAS["session"]),
        }
        assert entry.after == {"brief": kept_text("New"), "agenda: session": kept_text("Zanzibar")}
    history = words(coordinator.get(f"/cycles/{cycle_id}").text)
    assert "brief: changed" in history
    assert "agenda: scoping_call: taken away" in history


def test_an_agenda_goes_to_the_meeting_whose_place_it_names(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """Sent alone, that of the session became that of the scoping call, and the session's was gone."""
    cycle_id = saved(database, net, agendas=AGENDAS)
    address = f"/cycles/{cycle_id}/edit"
    sent = typed(net, version=str(version_of(database, cycle_id)), **{"agendas-1": "New"})
    assert coordinator.post(address, data=sent).status_code == 303
    beyond = typed(net, version=str(version_of(database, cycle_id)), **{"agendas-2": "Of no meeting"})
    answer = coordinator.post(address, data=beyond)
    assert answer.status_code == 400
    assert "There are places for 2, and more was sent" in answer.text
    assert "Of no meeting</textarea>" in answer.text
    with database.reading() as session:
        assert session.get_one(Cycle, cycle_id).agendas == AGENDAS | {"session": "New"}


@pytest.mark.parametrize("field", ["brief", "agendas-0"])
def test_a_state_secret_and_too_long_a_text_are_refused_with_what_was_typed_kept(
    coordinator: FlaskClient, database: Database, net: Net, field: str
) -> None:
    for text in ("SECRET\n\nwhat we know", "x" * 5001):
        answer = coordinator.post("/cycles/new", data=typed(net, save="1", **{field: text}))
        assert answer.status_code == 400
        assert "Nothing was saved yet" in answer.text
        assert text[-9:] in answer.text
    with database.reading() as session:
        assert session.exec(select(Cycle)).all() == []


def test_only_the_entries_that_show_them_change(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net, brief=BRIEF)
        actions.publish_cycle(session, cycle, plan=PLAN, actor=net.coordinator, now=NOW)
        edit = edit_of(cycle, brief="Another", agendas={"session": "Zanzibar"})
        actions.edit_cycle(session, cycle, edit, plan=PLAN, actor=net.coordinator, now=LATER)
        changed = {stage.key for stage in cycle.stages if stage.changed_at == LATER}
        assert changed == {"launch"}
        assert {s.meeting for s in cycle.sittings if s.changed_at == LATER} == {"session"}
        assert cycle.tell_at is None  # no date moved


def test_an_agenda_of_a_meeting_that_the_plan_has_no_more_stays(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net, agendas={"former": "Zanzibar", "session": "Old"})
        actions.edit_cycle(session, cycle, edit_of(cycle, agendas={}), plan=PLAN, actor=None, now=LATER)
        assert cycle.agendas == {"former": "Zanzibar"}


def test_an_edit_that_says_nothing_of_them_leaves_them(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net, brief=BRIEF, agendas=AGENDAS)
        edit = edit_of(cycle, title="Another title")
        actions.edit_cycle(session, cycle, edit, plan=PLAN, actor=net.coordinator, now=LATER)
        assert (cycle.brief, cycle.agendas) == (BRIEF, AGENDAS)
    with pytest.raises(InvalidInput), database.transaction() as session:
        cycle = queries.cycle_to_change(session, cycle.id or 0)
        secret = edit_of(cycle, agendas={"session": "SECRET"})
        actions.edit_cycle(session, cycle, secret, plan=PLAN, actor=net.coordinator, now=LATER)


@pytest.mark.parametrize("marking", list(Marking))
def test_calendars_show_them_where_the_marking_carries_a_description(
    database: Database, net: Net, marking: Marking
) -> None:
    """Each marking in each ring; the brief stands where the cycle begins, an agenda in its meeting."""
    with database.transaction() as session:
        cycle = opened(session, net, brief=BRIEF, agendas=AGENDAS, marking=marking)
        actions.publish_cycle(session, cycle, plan=PLAN, actor=net.coordinator, now=NOW)
        for ring in (Ring.PUBLIC, Ring.CITY, Ring.GROUP, Ring.PERSON, Ring.BUSY):
            entries = entries_for(session, _audience(ring, net), network="CTPN")
            holding = {entry.title.partition(": ")[2] for entry in entries if "Zanzibar" in repr(entry)}
            shown = carried(marking, ring)
            is_told = bool(shown and shown.description)
            assert holding == ({"Launch", "live session", "scoping call"} if is_told else set())
            kinds = {entry.kind for entry in entries if "- 10 min each" in entry.description}
            assert kinds == ({EntryKind.SESSION} if is_told else set())


def _audience(ring: Ring, net: Net) -> Audience:
    city_id = net.cities["Stockholm"].id if ring in {Ring.CITY, Ring.PERSON, Ring.BUSY} else None
    group_id = net.group.id if ring is Ring.GROUP else None
    person_id = net.coordinator.id if ring is Ring.PERSON else None
    return Audience(ring, city_id=city_id, group_id=group_id, person_id=person_id)


def test_a_reader_sees_them_on_the_page_and_no_way_to_write(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    cycle_id = saved(database, net, brief=BRIEF, agendas=AGENDAS, marking=Marking.AMBER)
    page = sign_in(net.expert).get(f"/cycles/{cycle_id}").text
    assert words(page).count("Zanzibar") == 3
    assert "/edit" not in page
