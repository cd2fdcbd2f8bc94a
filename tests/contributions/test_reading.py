"""Who reads answers when signed in, and what planners change."""

import io
import re

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
