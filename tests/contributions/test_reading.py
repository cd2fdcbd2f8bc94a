"""Who reads answers when signed in, and what planners change."""

import io
import re
from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import select

from exchange.db import Database
from exchange.models import AskQuestion, AuditEntry, PersonalLink, Role
from tests.contributions.conftest import AskedCycle
from tests.factories import make_group, make_person
from tests.rules.test_file_types import DOCX


def test_story_18_note_at_amber_strict_opens_only_to_the_groups_that_were_named(
    asking: AskedCycle, database: Database
) -> None:
    round_ = asking.round
    with database.transaction() as session:
        member = make_person(session, "Olof", city=round_.washington, roles=[Role.EXPERT])
        make_group(session, "Another group", members=[member])
    typed = asking.typed(
        "Anna Contact",
        marking="TLP:AMBER+STRICT",
        practice_note="Only for Hostile drones",
        groups=[str(round_.group.id)],
    )
    anna = asking.browser()
    with_file = typed | {"do": "attach", "files": (io.BytesIO(DOCX), "note.docx")}
    assert anna.post(asking.links["Anna Contact"], data=with_file).status_code == 303
    assert anna.post(asking.links["Anna Contact"], data=typed | {"version": "1"}).status_code == 303

    emil = asking.sign_in(round_.emil)  # in the group that was named
    page = emil.get(f"/cycles/{round_.cycle.id}/answers").text
    (path,) = re.findall(r'href="(/contributions/\d+)"', page)
    answer = emil.get(path).text
    assert "Only for Hostile drones" in answer
    (file,) = re.findall(rf'href="({path}/files/\d+)"', answer)
    assert emil.get(file).data == DOCX
    assert asking.sign_in(round_.anna).get(path).status_code == 200  # who wrote it
    for person in (round_.carl, member, asking.coordinator):
        browser = asking.sign_in(person)
        listed = browser.get(f"/cycles/{round_.cycle.id}/answers")
        assert path not in listed.text
        assert "Only for Hostile drones" not in listed.text
        assert browser.get(path).status_code == 404, person.name
        assert browser.get(file).status_code == 404, person.name
    assert asking.browser().get(path).status_code == 303  # to the sign-in


def test_planner_words_questions_anew_and_keeps_those_with_answers(asking: AskedCycle) -> None:
    cycle_id = asking.round.cycle.id
    asking.browser().post(asking.links["Anna Contact"], data=asking.typed("Anna Contact"))
    planner = asking.sign_in(asking.coordinator)
    path = f"/cycles/{cycle_id}/questions/cities"
    page = planner.get(path).text
    (version,) = re.findall(r'name="version"[^>]*value="(\d+)"', page)
    new = "What do you do first?\nWho leads?\nWhat is missing?\nWho pays?"
    assert planner.post(path, data={"version": version, "questions": new}).status_code == 303
    page = asking.browser().get(asking.links["Anna Contact"]).text
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
    contact = asking.sign_in(asking.round.anna)
    assert contact.post(path, data={"version": "3", "questions": "Mine?"}).status_code == 403
    with asking.database.reading() as session:
        texts = [one.text for one in session.exec(select(AskQuestion).order_by(AskQuestion.id))]  # type: ignore[arg-type]
        reasons = [one.action for one in session.exec(select(AuditEntry))]
    assert texts[:2] == ["What do you do first?", "Who leads?"]
    assert reasons.count("change questions") == 2


def test_own_task_opens_from_the_cycles_page_too_and_nobody_elses(asking: AskedCycle) -> None:
    asking.clock.advance(minutes=1)  # since the letters were written
    emil, carl = asking.sign_in(asking.round.emil), asking.sign_in(asking.round.carl)
    page = emil.get(f"/cycles/{asking.round.cycle.id}/answers").text
    (task,) = re.findall(r'action="(/tasks/\d+/open)"', page)
    opened = emil.post(task)
    assert opened.status_code == 303
    assert opened.location == asking.links["Emil Expert"]
    assert carl.post(task).status_code == 404
    assert links_made(asking) == []
    with asking.database.transaction() as session:  # no letter brought one yet, or it was ended
        session.connection().execute(update(PersonalLink).values(revoked_at=asking.clock()))
    assert emil.post(task).location != opened.location
    assert links_made(asking) == [asking.round.emil.id]


def links_made(asking: AskedCycle) -> list[int | None]:
    """Who gave themselves links to their tasks, by the trail."""
    with asking.database.reading() as session:
        made = select(AuditEntry.actor_id).where(AuditEntry.action == "make link to answer")
        return list(session.exec(made))


def closing(asking: AskedCycle, name: str) -> str:
    """Until when somebody's own page takes answers."""
    page = asking.browser().get(asking.links[name]).text
    found = re.search(r"(?:Until|until) the end of (\w+ \d+ \w+) 2027", page)
    assert found, name
    return found[1]


def told(asking: AskedCycle) -> set[tuple[str, str]]:
    """Who was told of more days, and until when."""
    found = asking.letters("more days")
    assert all(asking.links[one.to_name] in one.text for one in found)
    return {(one.to_name, one.subject.partition(" until ")[2].partition(":")[0]) for one in found}


def test_days_are_granted_to_a_city_a_group_or_one_person_and_to_nobody_else(asking: AskedCycle) -> None:
    cycle_id = asking.round.cycle.id
    planner = asking.sign_in(asking.coordinator)
    page = planner.get(f"/cycles/{cycle_id}/answers").text
    ways = dict(re.findall(r'href="(\S+/extend/\w+/\d+)">([^<]+)<', page))
    by_name = {name: path for path, name in ways.items()}
    (group,) = {path for path, name in ways.items() if name == "Hostile drones"}
    (london,) = {path for path, name in ways.items() if name == "London"}
    due = "Friday 29 October"
    assert {closing(asking, name) for name in asking.links} == {due}

    planner.post(group, data={"last_on": "2027-11-03", "reason": "They meet on the second."})
    assert {name for name in asking.links if closing(asking, name) != due} == {
        "Dora Chair",
        "Emil Expert",
    }
    assert closing(asking, "Emil Expert") == "Wednesday 3 November"
    assert told(asking) == {("Dora Chair", "Wed 3 Nov"), ("Emil Expert", "Wed 3 Nov")}
    planner.post(by_name["Emil Expert"], data={"last_on": "2027-11-05", "reason": "Ill"})
    assert closing(asking, "Emil Expert") == "Friday 5 November"
    assert closing(asking, "Dora Chair") == "Wednesday 3 November"
    assert told(asking) >= {("Emil Expert", "Fri 5 Nov")}
    later = group, {"last_on": "2027-11-04", "reason": "Ill, too"}
    assert "1 letter says so." in planner.post(later[0], data=later[1], follow_redirects=True).text
    assert {on for name, on in told(asking) if name == "Emil Expert"} == {"Wed 3 Nov", "Fri 5 Nov"}
    planner.post(london, data={"last_on": "2027-11-04", "reason": "A fire"})
    assert closing(asking, "Anna Contact") == closing(asking, "Bea Lead") == "Thursday 4 November"
    assert closing(asking, "Carl Contact") == due
    # Each is taken until its own end, on its own wall.
    typed = {name: asking.typed(name) for name in asking.links}
    for name, at, status in (
        ("Carl Contact", datetime(2027, 10, 30, 5, tzinfo=UTC), 409),
        ("Dora Chair", datetime(2027, 11, 5, 0, 1, tzinfo=UTC), 409),
        ("Anna Contact", datetime(2027, 11, 4, 23, 59, tzinfo=UTC), 303),
        ("Emil Expert", datetime(2027, 11, 6, 3, 59, tzinfo=UTC), 303),
    ):
        asking.clock.set(at)
        answered = asking.browser().post(asking.links[name], data=typed[name])
        assert answered.status_code == status, name

    planner = asking.sign_in(asking.coordinator)
    more = {"last_on": "2027-11-12", "reason": "To add a file"}
    assert "no letter goes out" in planner.post(by_name["Emil Expert"], data=more, follow_redirects=True).text
    for wrong, said in (
        ({"last_on": ""}, "Give the date"),
        ({"last_on": "2027-02-30"}, "Not a valid date"),
        ({"last_on": "2027-11-03"}, "until Thu 4 Nov 2027 already"),
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
    assert asking.sign_in(asking.round.anna).post(group, data={"last_on": "2027-12-01"}).status_code == 403
    with asking.database.reading() as session:
        kept = [
            (one.after, one.reason)
            for one in session.exec(select(AuditEntry))
            if one.action == "extend answers"
        ]
    emil = f"person:{asking.round.emil.id}"
    assert ({"for": emil, "until": "2027-11-05", "one person": True}, "Ill") in kept
    assert len(kept) == 5


def test_file_of_a_draft_begun_after_handing_in_is_no_readers_yet(asking: AskedCycle) -> None:
    """Added to a draft under TLP:RED, it could be opened by all who may read what was handed in as GREEN."""
    path, anna = asking.links["Anna Contact"], asking.browser()
    first = asking.questions("Anna Contact")[0]
    with_file = {"files": (io.BytesIO(DOCX), "open.docx")}
    assert anna.post(path, data=asking.typed("Anna Contact", **with_file)).status_code == 303
    asking.clock.advance(minutes=5)
    (version,) = re.findall(r'name="version"[^>]*value="(\d+)"', anna.get(path).text)
    named = asking.round.emil.email
    closed = {"files": (io.BytesIO(DOCX), "secret.docx"), "do": "attach"}
    typed = asking.typed("Anna Contact", version=version, marking="TLP:RED", named=named, **closed)
    assert anna.post(path, data=typed | {first: "of a draft"}).status_code == 303
    assert "secret.docx" in anna.get(path).text

    carl = asking.sign_in(asking.round.carl)
    page = carl.get(f"/cycles/{asking.round.cycle.id}/answers").text
    (answer,) = re.findall(r'href="(/contributions/\d+)"', page)
    page = carl.get(answer).text
    assert "open.docx" in page
    assert "secret.docx" not in page
    (shown,) = re.findall(rf'href="{answer}/files/(\d+)"', page)
    assert carl.get(f"{answer}/files/{shown}").data == DOCX
    assert carl.get(f"{answer}/files/{int(shown) + 1}").status_code == 404
    assert "secret.docx" not in carl.get(f"/cycles/{asking.round.cycle.id}/answers/notes.md").text
