"""Letters carry the work: who the reader is in it, by when, the questions themselves, and how to join."""

import re
from datetime import UTC, datetime, time

import pytest
from sqlmodel import select

from exchange.contributions.ask_questions import Questions, change_questions
from exchange.db import Database
from exchange.mail.schedule.letter_schedule import planned_for_cycle, planned_for_training
from exchange.mail.schedule.planned import Planned
from exchange.mail.writing.custom_wording import Edited, Wordings
from exchange.mail.writing.rehearsal import tried_letter, written
from exchange.models import Cycle, ExpertGroup, GroupMember, LetterState, Person, Role
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from tests.factories import make_city, make_person, make_theme, make_training, stage_plan
from tests.mail.letters import all_letters
from tests.mail.programme import EARLY, PACIFIC, composed, lead_cities, letter_to, three_city_cycle
from tests.named import name_everybody
from tests.queueing import queue_due

PLAN = stage_plan()
SETTINGS = Settings(base_url="https://exchange.example.org", mail_from="CTPN <programme@example.org>")
HIDDEN = ("TLP:AMBER", "TLP:AMBER+STRICT")


def planned_of(database: Database, **fields: object) -> dict[tuple[str, str], str]:
    """The texts of a cycle's letters by kind and reader."""
    with database.transaction() as session:
        cycle = three_city_cycle(session, **fields)
        return texts_of(planned_for_cycle(session, cycle, plan=PLAN, now=EARLY))


def texts_of(planned: list[Planned]) -> dict[tuple[str, str], str]:
    return {(one.kind, one.person.name): composed(one).text for one in planned}


def test_the_launch_tells_each_reader_what_they_are_in_it_and_their_days(database: Database) -> None:
    texts = planned_of(database)
    lead, contributor, chair = (texts["E1", name] for name in ("Åsa Öberg", "Maria Ruiz", "Priya Nair"))
    assert "You answer for Stockholm, which leads this exchange." in lead
    assert "You answer for Washington DC, which contributes to this exchange." in contributor
    assert "Your answer is due by the end of Friday 5 February 2027 in Washington DC" in contributor
    assert "Live session: Thursday 11 February 2027, 09:00 in Washington DC (1 h 30 min)." in contributor
    assert "Scoping call" not in contributor  # it is the groups'
    assert "You chair the expert group Explosives and hostile drones, which takes part." in chair
    assert "You write the draft of its product, due by the end of Friday 19 February 2027." in chair
    assert "Scoping call: Thursday 21 January 2027, 14:00 in London (45 min)." in chair
    assert "You answer for London" not in chair  # London is their clock, not their task


def test_a_member_beside_a_chair_writes_no_draft_and_without_one_all_do(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        member = make_person(session, "Mia Lund", city=cycle.lead_city, roles=[Role.EXPERT])
        group: ExpertGroup = cycle.groups[0]
        group.members.append(GroupMember(person_id=member.id or 0))
        session.flush()
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        beside = composed(letter_to(planned, "E1", "Mia Lund")).text
        group.members[0].is_chair = False
        without = composed(letter_to(planned, "E1", "Mia Lund")).text
    assert "You are a member of the expert group Explosives and hostile drones" in beside
    assert "You write the draft" not in beside
    assert "You write the draft" in without


def test_who_is_in_it_twice_reads_both_and_one_last_day(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        tom = session.exec(select(Person).where(Person.name == "Tom Baker-Lane")).one()
        cycle.groups[0].members.append(GroupMember(person_id=tom.id or 0))
        session.flush()
        text = composed(
            letter_to(planned_for_cycle(session, cycle, plan=PLAN, now=EARLY), "E1", tom.name)
        ).text
    assert "You answer for London" in text
    assert "You are a member of the expert group" in text
    assert text.count("Your answer is due") == 1


def test_no_session_is_promised_that_is_not_set(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        cycle.sittings = [one for one in cycle.sittings if one.meeting != "session"]
        session.flush()
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        text = composed(letter_to(planned, "E1", "Åsa Öberg")).text
    assert "Live session" not in text


def ask(database: Database, cycle_id: int, kind: CycleAsk, texts: list[str]) -> None:
    with database.transaction() as session:
        cycle, actor = session.get_one(Cycle, cycle_id), session.get_one(Person, 1)
        change_questions(session, cycle, Questions(kind, texts, "0"), plan=PLAN, actor=actor, now=EARLY)


def test_calls_for_input_and_the_scoping_call_hold_the_cycles_own_questions(database: Database) -> None:
    with database.transaction() as session:
        cycle_id = three_city_cycle(session).id or 0
    ask(database, cycle_id, CycleAsk.CITIES, ["Who flies\nhere?", "Who lands?"])
    ask(database, cycle_id, CycleAsk.GROUPS, ["What comes next?"])
    with database.reading() as session:
        cycle = session.get_one(Cycle, cycle_id)
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        found = {
            (one.planned.kind, one.planned.person.name): one.letter.text
            for one in written(session, planned, plan=PLAN, settings=SETTINGS)
        }
    assert "The questions:\n  1. Who flies here?\n  2. Who lands?\n" in found["E3", "Maria Ruiz"]
    assert "The questions:\n  1. What comes next?\n" in found["E3-groups", "Priya Nair"]
    assert "as they stand now:\n  1. Who flies here?\n  2. Who lands?\n" in found["E2", "Priya Nair"]
    assert PLAN.ask(CycleAsk.CITIES).questions[0] not in "".join(found.values())


def test_the_queued_letter_holds_them_and_is_written_anew_when_they_change(database: Database) -> None:
    asked_at = datetime(2027, 1, 25, 16, tzinfo=UTC)
    with database.transaction() as session:
        cycle_id = three_city_cycle(session).id or 0
        queue_due(session, plan=PLAN, settings=SETTINGS, now=asked_at)
    before = [one for one in all_letters(database) if one.kind == "E3"]
    assert all(PLAN.ask(CycleAsk.CITIES).questions[2] in one.text for one in before)
    with database.transaction() as session:
        cycle, actor = session.get_one(Cycle, cycle_id), session.get_one(Person, 1)
        new = Questions(CycleAsk.CITIES, ["Who flies?"], "1")
        change_questions(session, cycle, new, plan=PLAN, actor=actor, now=asked_at)
    taken_back = [one for one in all_letters(database) if one.kind == "E3"]
    assert {one.state for one in taken_back} == {LetterState.WITHDRAWN}
    with database.transaction() as session:
        queue_due(session, plan=PLAN, settings=SETTINGS, now=asked_at)
    again = [one for one in all_letters(database) if one.kind == "E3"]
    assert len(again) == len(before) == 3
    assert all("  1. Who flies?\n" in one.text and "2. " not in one.text for one in again)


BRIEF, CALL, SESSION = "Zanzibar *flies*.", "Zanzibar calls", "Zanzibar meets:\n\n- 10 min each"
TEXTS = {"brief": BRIEF, "agendas": {"scoping_call": CALL, "session": SESSION}}
HOLDERS = {"E0": BRIEF, "E1": BRIEF, "E2": CALL, "E4": SESSION, "E5": SESSION}


def test_letters_carry_the_brief_and_the_agenda_of_their_own_meeting(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session, **TEXTS)
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        holding = {one.kind for one in planned if "Zanzibar" in composed(one).text}
        letters = {one.kind: composed(one) for one in planned if one.kind in HOLDERS}
    assert holding == set(HOLDERS)
    for kind, text in HOLDERS.items():
        assert f"\n\n{text}\n\n" in letters[kind].text
    assert "What it is about:\n" in letters["E1"].text
    assert "Agenda, and what to prepare:\n" in letters["E4"].text
    assert "Zanzibar <em>flies</em>." in letters["E1"].html
    assert re.search(r"<li[^>]*>10 min each</li>", letters["E4"].html)


def test_a_text_of_markdown_is_no_code_of_a_letter(database: Database) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }} [x](javascript:alert(1)) ![y](https://example.org/y.png)"
    with database.transaction() as session:
        cycle = three_city_cycle(session, brief=hostile)
        letter = composed(
            letter_to(planned_for_cycle(session, cycle, plan=PLAN, now=EARLY), "E1", "Maria Ruiz")
        )
    assert hostile in letter.text
    for code in ("<script", 'href="javascript', "<img", "49"):
        assert code not in letter.html


@pytest.mark.parametrize("marking", [*HIDDEN, "TLP:RED"])
def test_brief_and_agenda_stay_out_of_letters_that_carry_no_description(
    database: Database, marking: str
) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session, marking=marking, **TEXTS)
        training = make_training(
            session, host_city=cycle.lead_city, agenda="Zanzibar", marking=marking, description="Zanzibar"
        )
        name_everybody(session)
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        planned += planned_for_training(session, training, now=EARLY)
        edited = Edited("x {title}", "{brief}\n\n{agenda}\n\n{description}")
        worded = Wordings({(one.kind, None): edited for one in planned})
        letters = [composed(one) for one in planned]
        letters += [tried_letter(one, plan=PLAN, settings=SETTINGS, wordings=worded) for one in planned]
        launch, invitation = (composed(letter_to(planned, kind, "Maria Ruiz")).text for kind in ("E1", "E4"))
    assert not [one for one in letters if "Zanzibar" in one.subject + one.text + one.html]
    is_named = marking != "TLP:RED"
    assert ("What it is about is told on the page at the end of this letter" in launch) is is_named
    assert ("The agenda, and what to prepare, is on the page at the end" in invitation) is is_named


@pytest.mark.parametrize(("marking", "is_told"), [("TLP:GREEN", True), ("TLP:AMBER", False)])
def test_the_calendar_part_holds_the_agenda_as_the_letter_does(
    database: Database, marking: str, *, is_told: bool
) -> None:
    at = datetime(2027, 2, 1, 16, tzinfo=UTC)
    with database.transaction() as session:
        three_city_cycle(session, marking=marking, **TEXTS)
        queue_due(session, plan=PLAN, settings=SETTINGS, now=at)
    parts = [one.calendar for one in all_letters(database) if one.kind == "E4"]
    assert parts
    assert all(("Zanzibar meets" in str(part)) is is_told for part in parts)


@pytest.mark.parametrize(("marking", "is_named"), [*((one, False) for one in HIDDEN), ("TLP:GREEN", True)])
def test_clocks_of_other_cities_stand_only_in_letters_that_may_name_these(
    database: Database, marking: str, is_named: bool
) -> None:
    """They told who takes part, by "the same moment elsewhere"; the reader's own clock stays."""
    with database.transaction() as session:
        cycle = three_city_cycle(session, marking=marking)
        training = make_training(
            session, host_city=cycle.lead_city, cities=cycle.cities, marking=marking, title="Drill"
        )
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        planned += planned_for_training(session, training, now=EARLY)
        letters = [composed(letter_to(planned, kind, "Maria Ruiz")) for kind in ("E4", "E5", "T1")]
    for letter in letters:
        assert " in Washington DC" in letter.text
        assert ("elsewhere" in letter.text, "Stockholm" in letter.text) == (is_named, is_named)
        assert ("elsewhere" in letter.html, "Stockholm" in letter.html) == (is_named, is_named)


def test_the_invitation_to_an_event_carries_its_agenda(database: Database) -> None:
    with database.transaction() as session:
        lead, *_ = lead_cities(session)
        training = make_training(session, host_city=lead, agenda="09:00 arrival\n\nBring *gloves*")
        planned = planned_for_training(session, training, now=EARLY)
        invitation, reminder = (composed(letter_to(planned, kind, "Åsa Öberg")) for kind in ("T1", "T1-1d"))
    assert "Agenda, and what to prepare:\n\n09:00 arrival\n\nBring *gloves*\n" in invitation.text
    assert "Bring <em>gloves</em>" in invitation.html
    assert "09:00" not in reminder.text


@pytest.mark.parametrize("marking", HIDDEN)
def test_what_a_marking_keeps_from_letters_stays_out_however_worded(database: Database, marking: str) -> None:
    """Questions and other people's groups are content; one's own part and days go with the title."""
    with database.transaction() as session:
        cycle = three_city_cycle(session, marking=marking)
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        names = ("own_part", "questions", "particulars", "join")
        edited = Edited("x", "\n\n".join(f"{{{name}}}" for name in names))
        worded = Wordings({(one.kind, None): edited for one in planned})
        texts = [composed(one).text for one in planned]
        texts += [tried_letter(one, plan=PLAN, settings=SETTINGS, wordings=worded).text for one in planned]
        launch = composed(letter_to(planned, "E1", "Maria Ruiz")).text
    assert "You answer for Washington DC, which contributes to this exchange." in launch
    for text in texts:
        assert "The questions:" not in text
        assert "does your city do" not in text
        assert "expert groups:" not in text


def test_an_invitation_says_kind_theme_mode_and_for_whom(database: Database) -> None:
    with database.transaction() as session:
        stockholm, london, washington = lead_cities(session)
        theme = make_theme(session, "Crowded places")
        virtual = make_training(
            session, host_city=london, cities=[stockholm], theme_id=theme.id, mode="virtual", kind="webinar"
        )
        session.flush()
        session.refresh(virtual)
        planned = planned_for_training(session, virtual, now=EARLY)
        invitation, in_a_week, tomorrow = (
            composed(letter_to(planned, kind, "Åsa Öberg")).text for kind in ("T1", "T1-7d", "T1-1d")
        )
        for_all = make_training(session, host_city=washington, mode="in person", kind="full-scale")
        for_all_text = composed(
            letter_to(planned_for_training(session, for_all, now=EARLY), "T1", "Åsa Öberg")
        ).text
    lines = "Kind: Webinar\nTheme: Crowded places\nHeld: online\nFor: London, Stockholm\n"
    assert lines in invitation
    follows = "The link for joining is not set yet; it follows."
    assert follows in invitation
    assert follows in in_a_week
    assert follows not in tomorrow  # nothing follows any more
    assert "If you have none when it begins, please reply to this letter." in tomorrow
    assert "Kind: Full-scale exercise\nHeld: in person\nFor: all member cities\n" in for_all_text
    assert "The link for joining" not in for_all_text


def test_the_sitting_in_the_launch_is_the_readers_own(database: Database) -> None:
    with database.transaction() as session:
        sydney = make_city(session, "Sydney")
        make_person(session, "Sue Wong", city=sydney)
        cycle = three_city_cycle(session, sittings=((time(14), "Europe/London"), PACIFIC))
        cycle.cities = [*cycle.cities, sydney]
        session.flush()
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        text = composed(letter_to(planned, "E1", "Sue Wong")).text
    assert "Live session: Thursday 11 February 2027, 19:00 in Sydney" in text


def test_a_letter_that_goes_along_inside_another_holds_its_questions_too(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        tom = session.exec(select(Person).where(Person.name == "Tom Baker-Lane")).one()
        cycle.groups[0].members.append(GroupMember(person_id=tom.id or 0))
        session.flush()
    ask(database, 1, CycleAsk.GROUPS, ["What comes next?"])
    with database.transaction() as session:
        queue_due(session, plan=PLAN, settings=SETTINGS, now=datetime(2027, 1, 25, 16, tzinfo=UTC))
    (letter,) = [one for one in all_letters(database) if one.to_name == tom.name and "What comes" in one.text]
    assert PLAN.ask(CycleAsk.CITIES).questions[0] in letter.text


@pytest.mark.parametrize("marking", HIDDEN)
def test_kind_theme_mode_and_for_whom_stay_out_of_letters_that_carry_the_title_alone(
    database: Database, marking: str
) -> None:
    """The table of rights says "title, link to its page"; place and host city were held back, these not."""
    with database.transaction() as session:
        cycle = three_city_cycle(session, marking=marking, title="Quokka")
        cycle.theme.name = "Zanzibar"
        training = make_training(
            session,
            host_city=cycle.lead_city,
            cities=cycle.cities,
            theme_id=cycle.theme_id,
            kind="webinar",
            mode="virtual",
            marking=marking,
        )
        session.flush()
        session.refresh(training)
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        planned += planned_for_training(session, training, now=EARLY)
        edited = Edited("x", "{theme}\n\n{particulars}\n\n{mode}")
        worded = Wordings({(one.kind, None): edited for one in planned})
        letters = [composed(one) for one in planned]
        letters += [tried_letter(one, plan=PLAN, settings=SETTINGS, wordings=worded) for one in planned]
    assert {"E0", "E1", "E4", "T1"} <= {one.kind for one in planned}
    for letter in letters:
        for kept in ("Zanzibar", "Theme:", "Kind:", "Webinar", "Held:", "virtual", "For: "):
            assert kept not in letter.subject + letter.text + letter.html
