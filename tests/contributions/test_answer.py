"""The page behind the link of a letter, without an account, as browsers without JavaScript use it."""

import io
import re
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from exchange.audit import actor_name
from exchange.db import Database
from exchange.models import (
    Attachment,
    AuditEntry,
    Contribution,
    ContributionVersion,
    Letter,
    LetterState,
    Person,
    PersonalLink,
)
from exchange.settings import Settings
from tests.contributions.conftest import AskedCycle, queue_letters
from tests.rules.test_file_types import DOCX

EVERYBODY = {"Anna Contact", "Bea Lead", "Carl Contact", "Dora Chair", "Emil Expert"}


def test_each_asked_person_gets_one_link_and_saves_hands_in_and_changes_the_answer(
    asking: AskedCycle,
) -> None:
    assert set(asking.links) == EVERYBODY
    assert len(set(asking.links.values())) == 5
    path, browser = asking.links["Carl Contact"], asking.browser()
    page = browser.get(path)
    assert page.status_code == 200
    assert "Until the end of Friday 29 October 2027 in Washington DC" in page.text
    assert asking.round.cycle.title in page.text
    assert "no-store" in page.headers["Cache-Control"]
    first, second, *_others = asking.questions("Carl Contact")

    saved = browser.post(path, data={"version": "0", first: "Half\r\na thought", "do": "save"})
    assert saved.status_code == 303
    page = browser.get(path).text
    assert "Half\na thought" in page
    assert "Not yet" in page
    assert asking.letters("receipt") == []

    typed = asking.typed("Carl Contact", version="1", **{second: "# Works\n\n<script>x</script>"})
    assert browser.post(path, data=typed).status_code == 303
    page = browser.get(path).text
    assert "Your answer is handed in" in page
    assert "Mon 18 Oct 2027, 10:00" in page  # the writer's wall
    (receipt,) = asking.letters("receipt")
    assert receipt.to_name == "Carl Contact"
    assert "Monday 18 October 2027, 10:00 in Washington DC" in receipt.text
    assert "together" not in receipt.text

    asking.clock.advance(hours=1)
    assert browser.post(path, data=typed | {"version": "2"}).status_code == 303
    with asking.database.reading() as session:
        assert [one.number for one in session.exec(select(ContributionVersion))] == [1, 2]
        trail = [(one.action, actor_name(session, one)) for one in session.exec(select(AuditEntry))]
    assert ("submit answer", "Carl Contact") in trail
    assert len(asking.letters("receipt")) == 2


def test_story_25_answer_without_a_marking_is_refused_with_the_list_of_labels(
    asking: AskedCycle,
) -> None:
    path, browser = asking.links["Anna Contact"], asking.browser()
    refused = browser.post(path, data=asking.typed("Anna Contact", marking=""))
    assert refused.status_code == 400
    assert "Choose a marking: TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED." in refused.text
    assert "We train **together**." in refused.text  # what was typed stays
    upload = {"files": (io.BytesIO(DOCX), "draft.docx"), "do": "attach"}
    refused = browser.post(path, data=asking.typed("Anna Contact", marking="", **upload))
    assert refused.status_code == 400
    assert "Choose a marking: TLP:CLEAR" in refused.text
    for secret in ("SECRET", "top secret", "UK SECRET"):
        refused = browser.post(path, data=asking.typed("Anna Contact", marking=secret))
        assert refused.status_code == 400
        assert "must not be put into Exchange" in refused.text
    first = asking.questions("Anna Contact")[0]
    refused = browser.post(path, data=asking.typed("Anna Contact", **{first: "TOP SECRET\nplan"}))
    assert "must not be put into Exchange" in refused.text
    with asking.database.reading() as session:
        assert session.exec(select(Contribution)).all() == []
        assert session.exec(select(Attachment)).all() == []


def test_second_of_two_windows_sees_the_firsts_text_and_chooses(asking: AskedCycle) -> None:
    anna, bea = asking.browser(), asking.browser()
    first = asking.questions("Anna Contact")[0]
    anna.post(asking.links["Anna Contact"], data={"version": "0", first: "of Anna", "do": "save"})
    clash = bea.post(asking.links["Bea Lead"], data={"version": "0", first: "of Bea", "do": "save"})
    assert clash.status_code == 409
    assert "Saved elsewhere meanwhile" in clash.text
    assert "of Anna" in clash.text
    assert "of Bea" in clash.text
    (version,) = re.findall(r'name="version"[^>]*value="(\d+)"', clash.text)
    chosen = bea.post(asking.links["Bea Lead"], data={"version": version, first: "of Bea", "do": "save"})
    assert chosen.status_code == 303
    assert "of Bea" in anna.get(asking.links["Anna Contact"]).text
    quiet = anna.post(asking.links["Anna Contact"], data={"version": "1", first: "x", "do": "autosave"})
    assert (quiet.status_code, quiet.is_json) == (409, True)
    saved = anna.post(asking.links["Anna Contact"], data={"version": "2", first: "x", "do": "autosave"})
    assert saved.json is not None
    assert saved.json["version"] == "3"


def test_bad_input_is_told_at_its_place_and_nothing_is_half_saved(asking: AskedCycle) -> None:
    path, browser = asking.links["Emil Expert"], asking.browser()
    first = asking.questions("Emil Expert")[0]
    for wrong, said in (
        ({first: "a\x00b"}, "Take out control characters"),
        ({first: "x" * 20_001}, "20,001 characters long; at most 20,000 fit"),
        ({"links": "http://example.org"}, "begins with https://"),
        ({"links": "javascript:alert(1)"}, "begins with https://"),
        ({"links": "https://user:pw@example.org/"}, "begins with https://"),
        ({"links": "\n".join(["https://example.org"] * 11)}, "At most 10 links fit"),
        ({"marking": "TLP:PURPLE"}, "is not a marking"),
        ({"marking": "TLP:AMBER+STRICT"}, "choose at least one"),
        ({first: "  ", "practice_note": ""}, "Nothing is written yet"),
        ({"version": "junk"}, "Saved elsewhere meanwhile"),
    ):
        refused = browser.post(path, data=asking.typed("Emil Expert", **wrong))
        if "version" in wrong:
            assert refused.status_code == 409
            continue
        assert refused.status_code == 400, wrong
        assert said in refused.text, wrong
    with asking.database.reading() as session:
        assert session.exec(select(Contribution)).all() == []
    long = "Ö" * 20_000
    assert browser.post(path, data=asking.typed("Emil Expert", **{first: long})).status_code == 303
    assert long in browser.get(path).text


def test_files_are_checked_kept_outside_the_web_and_sent_as_attachments(
    asking: AskedCycle, settings: Settings
) -> None:
    path, browser = asking.links["Anna Contact"], asking.browser()

    def send(content: bytes, name: str, version: str) -> tuple[int, str]:
        typed = asking.typed("Anna Contact", version=version, do="attach")
        body, kind = multipart(typed, "files", name, content)
        answer = browser.post(path, data=body, content_type=kind)
        return answer.status_code, answer.text

    assert send(b"", "empty.docx", "0")[0] == 400
    assert "does not hold what its name says" in send(b"MZ\x90", "virus.docx", "0")[1]
    status, page = send(b"x" * (settings.upload_max_mb * 1_000_000 + 1), "big.txt", "0")
    assert (status, "larger than 10 MB" in page) == (400, True)
    status, page = send(b"x" * 13_000_000, "huge.txt", "0")
    assert (status, "a file may have 10 MB" in page) == (413, True)
    assert not settings.uploads.exists()
    assert send(DOCX, "..\\..\\plan.docx", "0")[0] == 303
    page = browser.get(path).text
    (link,) = re.findall(r'href="(/answer/\S+/files/\d+)"', page)
    sent = browser.get(link)
    assert sent.data == DOCX
    assert sent.headers["Content-Disposition"] == "attachment; filename=plan.docx"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    (stored,) = settings.uploads.iterdir()
    assert stored.name.isalnum()
    # Nobody gets it by another link, and nobody after it was taken away.
    other = link.replace(path, asking.links["Emil Expert"])
    assert asking.browser().get(other).status_code == 404
    assert browser.post(f"{link}/remove").status_code == 303
    assert browser.get(link).status_code == 404
    assert list(settings.uploads.iterdir()) == []


def test_file_taken_by_a_link_is_recorded_as_its_persons(asking: AskedCycle, database: Database) -> None:
    """Downloads of who was signed in were recorded, and those by a link were not."""
    path, browser = asking.links["Anna Contact"], asking.browser()
    body, kind = multipart(asking.typed("Anna Contact", do="attach"), "files", "plan.docx", DOCX)
    assert browser.post(path, data=body, content_type=kind).status_code == 303
    (link,) = re.findall(r'href="(/answer/\S+/files/\d+)"', browser.get(path).text)
    assert browser.get(link).status_code == 200
    with database.reading() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "export"))
    number = int(link.rpartition("/")[2])
    assert (entry.actor_id, entry.after) == (asking.round.anna.id, {"attachment_id": number})


def test_files_that_come_with_a_refused_answer_leave_no_bytes_behind(
    asking: AskedCycle, settings: Settings
) -> None:
    """They were stored before the other window's text, or the end of the last day, was noticed."""
    path, browser = asking.links["Anna Contact"], asking.browser()
    first = asking.questions("Anna Contact")[0]
    typed = asking.typed("Anna Contact")
    assert browser.post(path, data={"version": "0", first: "of Anna", "do": "save"}).status_code == 303

    def send(action: str, **more: object) -> int:
        body, kind = multipart(typed | {"do": action} | more, "files", "plan.docx", DOCX)
        return browser.post(path, data=body, content_type=kind).status_code

    for action in ("attach", "submit"):
        assert send(action, version="0") == 409, action
        assert send(action, version="1", links="http://plain.example.org") == 400, action
    asking.clock.set(datetime(2027, 11, 1, tzinfo=UTC))
    assert send("attach", version="1") == 409
    assert list(settings.uploads.iterdir()) == []
    with asking.database.reading() as session:
        assert session.exec(select(Attachment)).all() == []


def multipart(typed: dict[str, object], field: str, name: str, content: bytes) -> tuple[bytes, str]:
    """The body of a form with one file, and its content type; the client's own would open a file for it."""
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in typed.items()
    ]
    head = f'--edge\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    body = b"".join(parts) + head.encode() + content + b"\r\n--edge--\r\n"
    return body, "multipart/form-data; boundary=edge"


def test_late_answer_is_refused_in_the_readers_time_until_days_are_granted(asking: AskedCycle) -> None:
    path, browser = asking.links["Carl Contact"], asking.browser()
    typed = asking.typed("Carl Contact")
    asking.clock.set(datetime(2027, 10, 30, 4, tzinfo=UTC))  # Washington's Friday has just ended
    closed = "Closed: answers were taken until the end of Friday 29 October 2027 in Washington DC."
    page = browser.get(path).text
    assert closed in page
    assert "<textarea" not in page  # nothing to write into that would be refused
    assert "What does your city do about this theme today" in page
    refused = browser.post(path, data=typed)
    assert refused.status_code == 409
    assert "We train **together**." in refused.text
    planner = asking.sign_in(asking.coordinator)
    cycle_id = asking.round.cycle.id
    page = planner.get(f"/cycles/{cycle_id}/answers").text
    assert "Silent, and late" in page
    links = re.findall(rf"/cycles/{cycle_id}/extend/\w+/\d+", page)
    (person_link,) = re.findall(r'href="(\S+/extend/person/\d+)">Carl Contact', page)
    assert len(links) == 10
    early = planner.post(person_link, data={"last_on": "2027-10-29"})
    assert early.status_code == 400
    assert "Answers are taken until Fri 29 Oct 2027 already." in early.text
    assert planner.post(person_link, data={"last_on": "2027-11-07", "reason": "Asked"}).status_code == 303
    # Washington's clocks go back on that very Sunday: the day is 25 hours long.
    asking.clock.set(datetime(2027, 11, 8, 4, 59, tzinfo=UTC))
    assert browser.post(path, data=typed).status_code == 303
    asking.clock.advance(minutes=1)
    late = browser.get(path).text
    assert "Closed" in late
    assert "We train <strong>together</strong>." in late
    assert "Closed" in asking.browser().get(asking.links["Emil Expert"]).text


def test_passing_to_a_deputy_ends_the_old_link_and_keeps_the_record(
    asking: AskedCycle, settings: Settings
) -> None:
    path, browser = asking.links["Emil Expert"], asking.browser()
    first = asking.questions("Emil Expert")[0]
    browser.post(path, data={"version": "0", first: "begun by Emil", "do": "save"})
    page = browser.get(f"{path}/pass").text
    assert "Carl Contact, Washington DC" in page
    assert "Dora Chair, London" in page
    assert "Anna Contact" not in page  # of another city, in no group of his
    passed = browser.post(f"{path}/pass", data={"person": asking.round.carl.id})
    assert "Carl Contact answers for Hostile drones now" in passed.text
    gone = browser.get(path)
    assert gone.status_code == 410
    assert "This link has ended" in gone.text
    assert "Emil" not in gone.text
    (letter,) = asking.letters("passed on")
    found = re.search(re.escape(settings.base_url) + r"(/answer/\S+)", letter.text)
    assert found
    assert "begun by Emil" in asking.browser().get(found[1]).text
    # The next reminder to those who are silent leaves Emil alone.
    remind(asking, settings)
    assert chased(asking) >= {"Dora Chair"}
    assert "Emil Expert" not in chased(asking)


def test_who_answers_in_a_colleagues_place_too_finds_each_link_by_its_name(
    asking: AskedCycle, settings: Settings
) -> None:
    """Both links of a chair who took over a member's task were called after the group."""
    dora = next(one for one in asking.letters("E3-groups") if one.to_name == "Dora Chair").person_id
    asking.browser().post(f"{asking.links['Emil Expert']}/pass", data={"person": dora})
    remind(asking, settings)
    (letter,) = [one for one in asking.letters("E3-groups_day_before") if one.to_name == "Dora Chair"]
    assert letter.text.count("/answer/") == 2
    assert "Hostile drones: http" in letter.text
    assert "Hostile drones (Emil Expert): http" in letter.text


def test_a_deputy_who_left_since_the_page_was_opened_is_told_and_nothing_is_passed(
    asking: AskedCycle, settings: Settings
) -> None:
    path = asking.links["Emil Expert"]
    page = asking.browser().post(f"{path}/pass", data={"person": "4711"})
    assert page.status_code == 400
    assert asking.browser().get(path).status_code == 200
    assert asking.letters("passed on") == []


def remind(asking: AskedCycle, settings: Settings) -> None:
    asking.clock.set(datetime(2027, 10, 28, 14, tzinfo=UTC))  # after half of the time to answer
    queue_letters(asking.database, settings, asking.clock)


def chased(asking: AskedCycle) -> set[str]:
    """Who has a chasing letter that waits, or has left."""
    with asking.database.reading() as session:
        letters = session.exec(select(Letter).where(col(Letter.kind).like("E3%\\_%", escape="\\"))).all()
    return {one.to_name for one in letters if one.state != LetterState.WITHDRAWN}


def test_reminder_that_waits_is_taken_back_when_the_task_is_passed_on(
    asking: AskedCycle, settings: Settings
) -> None:
    """It went to who had handed the task on a moment before."""
    remind(asking, settings)
    assert "Emil Expert" in chased(asking)
    asking.browser().post(f"{asking.links['Emil Expert']}/pass", data={"person": asking.round.carl.id})
    assert chased(asking) == set()


def test_reminders_that_wait_are_taken_back_when_the_chair_marks_the_group_as_done(
    asking: AskedCycle, settings: Settings
) -> None:
    remind(asking, settings)
    assert "Emil Expert" in chased(asking)
    asking.browser().post(f"{asking.links['Dora Chair']}/group/done")
    assert chased(asking) == set()
    queue_letters(asking.database, settings, asking.clock)
    assert "Emil Expert" not in chased(asking)


def test_chair_reads_the_groups_answers_and_marks_the_group_as_done(asking: AskedCycle) -> None:
    emil, dora = asking.browser(), asking.browser()
    emil.post(asking.links["Emil Expert"], data=asking.typed("Emil Expert"))
    page = dora.get(f"{asking.links['Dora Chair']}/group").text
    assert "<strong>together</strong>" in page
    assert "1 member has handed in an answer." in page
    assert emil.get(f"{asking.links['Emil Expert']}/group").status_code == 404
    assert emil.post(f"{asking.links['Emil Expert']}/group/done").status_code == 403
    assert dora.post(f"{asking.links['Dora Chair']}/group/done").status_code == 303
    assert dora.post(f"{asking.links['Dora Chair']}/group/done").status_code == 409
    planner = asking.sign_in(asking.coordinator)
    assert "Group is done" in planner.get(f"/cycles/{asking.round.cycle.id}/answers").text
    assert dora.post(f"{asking.links['Dora Chair']}/group/reopen").status_code == 303


def test_forged_expired_and_foreign_links_say_which_and_tell_nobody(asking: AskedCycle) -> None:
    browser = asking.browser()
    for path in ("/answer/forged", "/answer/" + "A" * 43, "/answer/%0d%0aX: y", "/answer/" + "x" * 5000):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "not complete, or it was never given out" in answer.text
        assert browser.post(path, data={"do": "submit"}).status_code == 404
    asking.clock.set(asking.clock() + timedelta(days=121))
    expired = browser.get(asking.links["Anna Contact"])
    assert (expired.status_code, "This link has expired" in expired.text) == (410, True)
    assert "Anna" not in expired.text


def test_links_of_who_left_and_of_another_page_open_nothing_and_name_nobody(asking: AskedCycle) -> None:
    token = asking.links["Anna Contact"].rpartition("/")[2]
    for foreign in (f"/review/{token}", f"/attend/{token}", f"/letters/preferences/{token}"):
        for method in ("GET", "POST"):
            answered = asking.browser().open(foreign, method=method, data={"text": "x", "answer": "accepted"})
            assert answered.status_code in {404, 410}, foreign
            assert "Anna" not in answered.text
            assert asking.round.cycle.title not in answered.text
    with asking.database.transaction() as session:
        session.get_one(Person, asking.round.anna.id).is_active = False
    for method in ("GET", "POST"):
        gone = asking.browser().open(asking.links["Anna Contact"], method=method, data={"do": "submit"})
        assert (gone.status_code, "This link has ended" in gone.text) == (410, True)
        assert "Anna" not in gone.text
        assert asking.round.cycle.title not in gone.text
    # Her colleague still speaks for the city.
    assert asking.browser().get(asking.links["Bea Lead"]).status_code == 200


def test_opening_pages_changes_nothing_and_letters_show_no_token(asking: AskedCycle) -> None:
    token = asking.links["Anna Contact"].rpartition("/")[2]
    with asking.database.reading() as session:
        links = [one.model_dump_json() for one in session.exec(select(PersonalLink))]
        letter = next(one for one in session.exec(select(Letter)) if token in one.text)
    assert not any(token in one for one in links)
    planner = asking.sign_in(asking.coordinator)
    for page in (f"/letters/{letter.id}", f"/letters/{letter.id}/html"):
        assert token not in planner.get(page).text
    for path in asking.links.values():
        asking.browser().get(path)
    with asking.database.reading() as session:
        assert session.exec(select(Contribution)).all() == []


def test_an_answer_handed_in_with_another_marking_leaves_an_entry_of_its_own(
    asking: AskedCycle,
) -> None:
    name = next(iter(asking.links))
    browser, path = asking.browser(), asking.links[name]
    for version, marking in enumerate(("TLP:GREEN", "TLP:AMBER", "TLP:AMBER", "TLP:GREEN")):
        typed = asking.typed(name, version=str(version), marking=marking)
        assert browser.post(path, data=typed).status_code == 303
    with asking.database.reading() as session:
        answer = session.exec(select(Contribution)).one()
        changes = session.exec(select(AuditEntry).where(AuditEntry.action == "change marking")).all()
    assert [(one.subject, one.before, one.after["marking"]) for one in changes] == [
        (f"answer:{answer.id}", {"marking": "TLP:GREEN"}, "TLP:AMBER"),
        (f"answer:{answer.id}", {"marking": "TLP:AMBER"}, "TLP:GREEN"),
    ]
    assert {one.actor_id for one in changes} == {answer.author_id}
    assert all(one.reason and one.after["in"] == f"cycle:{asking.round.cycle.id}" for one in changes)
