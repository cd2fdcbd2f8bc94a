"""Who reads answers when signed in, and what planners change."""

import io
import re
from datetime import UTC, datetime

from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, PromptQuestion, Role
from tests.contributions.conftest import Desk
from tests.factories import make_group, make_person
from tests.rules.test_uploads import DOCX


def test_story_18_note_at_amber_strict_opens_only_to_the_groups_that_were_named(
    desk: Desk, database: Database
) -> None:
    round_ = desk.round
    with database.transaction() as session:
        member = make_person(session, "Olof", city=round_.washington, roles=[Role.EXPERT])
        make_group(session, "Another group", members=[member])
    typed = desk.typed(
        "Anna Contact",
        marking="TLP:AMBER+STRICT",
        practice_note="Only for Hostile drones",
        groups=[str(round_.group.id)],
    )
    anna = desk.browser()
    with_file = typed | {"do": "attach", "files": (io.BytesIO(DOCX), "note.docx")}
    assert anna.post(desk.links["Anna Contact"], data=with_file).status_code == 303
    assert anna.post(desk.links["Anna Contact"], data=typed | {"version": "1"}).status_code == 303

    emil = desk.door.let_in(round_.emil)  # in the group that was named
    page = emil.get(f"/cycles/{round_.cycle.id}/answers").text
    (path,) = re.findall(r'href="(/contributions/\d+)"', page)
    answer = emil.get(path).text
    assert "Only for Hostile drones" in answer
    (file,) = re.findall(rf'href="({path}/files/\d+)"', answer)
    assert emil.get(file).data == DOCX
    assert desk.door.let_in(round_.anna).get(path).status_code == 200  # who wrote it
    for person in (round_.carl, member, desk.coordinator):
        browser = desk.door.let_in(person)
        listed = browser.get(f"/cycles/{round_.cycle.id}/answers")
        assert path not in listed.text
        assert "Only for Hostile drones" not in listed.text
        assert browser.get(path).status_code == 404, person.name
        assert browser.get(file).status_code == 404, person.name
    assert desk.browser().get(path).status_code == 303  # to the sign-in


def test_planner_words_questions_anew_and_keeps_those_with_answers(desk: Desk) -> None:
    cycle_id = desk.round.cycle.id
    desk.browser().post(desk.links["Anna Contact"], data=desk.typed("Anna Contact"))
    planner = desk.door.let_in(desk.coordinator)
    path = f"/cycles/{cycle_id}/questions/cities"
    page = planner.get(path).text
    (version,) = re.findall(r'name="version"[^>]*value="(\d+)"', page)
    new = "What do you do first?\nWho leads?\nWhat is missing?\nWho pays?"
    assert planner.post(path, data={"version": version, "questions": new}).status_code == 303
    page = desk.browser().get(desk.links["Anna Contact"]).text
    assert "What do you do first?" in page
    assert "We train **together**." in page  # the answer stays with its line
    stale = planner.post(path, data={"version": version, "questions": "Other?"})
    assert stale.status_code == 409
    for wrong, said in (
        ("", "Write at least one question"),
        ("x" * 501, "at most 500 characters"),
        ("\n".join(f"Q{n}" for n in range(11)), "At most 10 questions fit"),
        ("TOP SECRET", "must not be put into Exchange"),
    ):
        refused = planner.post(path, data={"version": "2", "questions": wrong})
        assert (refused.status_code, said in refused.text) == (400, True), wrong
    shorter = planner.post(path, data={"version": "2", "questions": "What do you do first?\nWho leads?"})
    assert shorter.status_code == 303
    assert planner.get(f"/cycles/{cycle_id}/questions/nobody").status_code == 404
    contact = desk.door.let_in(desk.round.anna)
    assert contact.post(path, data={"version": "3", "questions": "Mine?"}).status_code == 403
    with desk.database.reading() as session:
        texts = [one.text for one in session.exec(select(PromptQuestion).order_by(PromptQuestion.id))]  # type: ignore[arg-type]
        reasons = [one.action for one in session.exec(select(AuditEntry))]
    assert texts[:2] == ["What do you do first?", "Who leads?"]
    assert reasons.count("change questions") == 2


def test_own_task_opens_from_the_cycles_page_too_and_nobody_elses(desk: Desk) -> None:
    emil, carl = desk.door.let_in(desk.round.emil), desk.door.let_in(desk.round.carl)
    page = emil.get(f"/cycles/{desk.round.cycle.id}/answers").text
    (task,) = re.findall(r'action="(/tasks/\d+/open)"', page)
    opened = emil.post(task)
    assert opened.status_code == 303
    assert opened.location == desk.links["Emil Expert"]
    assert carl.post(task).status_code == 404


def closing(desk: Desk, name: str) -> str:
    """Until when somebody's own page takes answers."""
    page = desk.browser().get(desk.links[name]).text
    found = re.search(r"(?:Until|until) the end of (\w+ \d+ \w+) 2027", page)
    assert found, name
    return found[1]


def test_days_are_granted_to_a_city_a_group_or_one_person_and_to_nobody_else(desk: Desk) -> None:
    cycle_id = desk.round.cycle.id
    planner = desk.door.let_in(desk.coordinator)
    page = planner.get(f"/cycles/{cycle_id}/answers").text
    ways = dict(re.findall(r'href="(\S+/extend/\w+/\d+)">([^<]+)<', page))
    by_name = {name: path for path, name in ways.items()}
    (group,) = {path for path, name in ways.items() if name == "Hostile drones"}
    (london,) = {path for path, name in ways.items() if name == "London"}
    due = "Friday 29 October"
    assert {closing(desk, name) for name in desk.links} == {due}

    planner.post(group, data={"last_on": "2027-11-03", "reason": "They meet on the second."})
    assert {name for name in desk.links if closing(desk, name) != due} == {"Dora Chair", "Emil Expert"}
    assert closing(desk, "Emil Expert") == "Wednesday 3 November"
    planner.post(by_name["Emil Expert"], data={"last_on": "2027-11-05", "reason": "Ill"})
    assert closing(desk, "Emil Expert") == "Friday 5 November"
    assert closing(desk, "Dora Chair") == "Wednesday 3 November"
    planner.post(london, data={"last_on": "2027-11-04", "reason": "A fire"})
    assert closing(desk, "Anna Contact") == closing(desk, "Bea Lead") == "Thursday 4 November"
    assert closing(desk, "Carl Contact") == due
    # Each is taken until its own end, on its own wall.
    typed = {name: desk.typed(name) for name in desk.links}
    for name, at, status in (
        ("Carl Contact", datetime(2027, 10, 30, 5, tzinfo=UTC), 409),
        ("Dora Chair", datetime(2027, 11, 4, 0, 1, tzinfo=UTC), 409),
        ("Anna Contact", datetime(2027, 11, 4, 23, 59, tzinfo=UTC), 303),
        ("Emil Expert", datetime(2027, 11, 6, 3, 59, tzinfo=UTC), 303),
    ):
        desk.clock.set(at)
        answered = desk.browser().post(desk.links[name], data=typed[name])
        assert answered.status_code == status, name

    planner = desk.door.let_in(desk.coordinator)
    for wrong, said in (
        ({"last_on": ""}, "Give the date"),
        ({"last_on": "2027-02-30"}, "Not a valid date"),
        ({"last_on": "2027-11-03"}, "until Wed 3 Nov 2027 already"),
        ({"last_on": "2028-11-03"}, "At most 60 days can be added"),
    ):
        refused = planner.post(group, data=wrong)
        assert (refused.status_code, said in refused.text) == (400, True), (wrong, refused.text[-3000:])
    for path in (
        group.replace("party", "nobody"),
        group.replace(f"/{cycle_id}/", f"/{cycle_id + 9}/"),
        f"{group}9",
    ):
        assert planner.post(path, data={"last_on": "2027-12-01"}).status_code == 404, path
    assert desk.door.let_in(desk.round.anna).post(group, data={"last_on": "2027-12-01"}).status_code == 403
    with desk.database.reading() as session:
        kept = [
            (one.after, one.reason)
            for one in session.exec(select(AuditEntry))
            if one.action == "extend answers"
        ]
    assert ({"for": "Emil Expert", "until": "2027-11-05", "one person": True}, "Ill") in kept
    assert len(kept) == 3


def test_file_of_a_draft_begun_after_handing_in_is_no_readers_yet(desk: Desk) -> None:
    """Added to a draft under TLP:RED, it could be opened by all who may read what was handed in as GREEN."""
    path, anna = desk.links["Anna Contact"], desk.browser()
    first = desk.questions("Anna Contact")[0]
    with_file = {"files": (io.BytesIO(DOCX), "open.docx")}
    assert anna.post(path, data=desk.typed("Anna Contact", **with_file)).status_code == 303
    desk.clock.advance(minutes=5)
    (version,) = re.findall(r'name="version"[^>]*value="(\d+)"', anna.get(path).text)
    groups = [str(desk.round.group.id)]
    closed = {"files": (io.BytesIO(DOCX), "secret.docx"), "do": "attach"}
    typed = desk.typed("Anna Contact", version=version, marking="TLP:RED", groups=groups, **closed)
    assert anna.post(path, data=typed | {first: "of a draft"}).status_code == 303
    assert "secret.docx" in anna.get(path).text

    carl = desk.door.let_in(desk.round.carl)
    page = carl.get(f"/cycles/{desk.round.cycle.id}/answers").text
    (answer,) = re.findall(r'href="(/contributions/\d+)"', page)
    page = carl.get(answer).text
    assert "open.docx" in page
    assert "secret.docx" not in page
    (shown,) = re.findall(rf'href="{answer}/files/(\d+)"', page)
    assert carl.get(f"{answer}/files/{shown}").data == DOCX
    assert carl.get(f"{answer}/files/{int(shown) + 1}").status_code == 404
    assert "secret.docx" not in carl.get(f"/cycles/{desk.round.cycle.id}/answers/notes.md").text
