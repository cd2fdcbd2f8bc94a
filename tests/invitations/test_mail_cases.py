"""What calendars and mail servers of others really send: each message of cases/ by its name.

The files hold placeholders for what only a letter of this installation knows.
"""

import base64
from pathlib import Path

import pytest

from exchange.invitations.invitation_links import reply_address
from exchange.mail.outbox.refused_addresses import marks
from exchange.models import Answer, Letter, LetterState, TrainingEvent
from tests.invitations.conftest import Post
from tests.invitations.mailbox import Box, handled, read, sent_letter

CASES = Path(__file__).parent / "cases"
READER = "Maria Ruiz"


@pytest.fixture
def box(training: TrainingEvent) -> Box:
    return Box()


def case(post: Post, name: str, *, message_id: str = "") -> bytes:
    """A message with its placeholders filled as the reader's letter and invitation have them."""
    (path,) = CASES.glob(f"{name}_*.eml")
    invitation = post.invitation(READER)
    values = {
        "ATT": invitation.sent_to,
        "TOK": reply_address(post.settings, invitation),
        "UID": invitation.uid,
        "SEQ": str(invitation.sequence),
        "STAMP": f"{post.clock():%Y%m%dT%H%M%SZ}",
        "MID": message_id,
    }
    text = path.read_text()
    calendar = (CASES / "r12_application_ics_only.eml").read_text()
    inner = calendar[calendar.index("BEGIN:VCALENDAR") : calendar.index("--b1--")]
    text = text.replace("@B64U16@", base64.encodebytes(_filled(inner, values).encode("utf-16")).decode())
    return _filled(text, values).replace("\n", "\r\n").encode()


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def reported(post: Post, box: Box, name: str) -> Letter:
    """The reader's letter after a report about it was read."""
    letter = sent_letter(post, READER)
    box.contents.append(case(post, name, message_id=letter.message_id))
    assert read(post, box) == 1
    return post.letters(to_name=READER)[0]


def marked(post: Post) -> list[str]:
    with post.database.reading() as session:
        return [mark.refused.address for mark in marks(session)]


def answered(post: Post, box: Box, name: str) -> Answer:
    box.contents.append(case(post, name))
    assert read(post, box) == 1
    return Answer(post.invitation(READER).answer)


def test_b01_exim_tells_by_its_diagnostic_what_its_bare_status_does_not(post: Post, box: Box) -> None:
    letter = reported(post, box, "b01")
    assert (letter.state, marked(post)) == (LetterState.REFUSED, [letter.to_address])


def test_b06_a_mailbox_that_passes_letters_on_to_a_dead_place(post: Post, box: Box) -> None:
    assert reported(post, box, "b06").state == LetterState.REFUSED
    assert marked(post) == []
    assert handled(post)[0].is_taken


def test_b09_qmail_writes_plain_text(post: Post, box: Box) -> None:
    letter = reported(post, box, "b09")
    (shown,) = handled(post)
    assert (shown.person_id, marked(post)) == (letter.person_id, [])
    assert "no longer accepts mail" in shown.outcome


def test_b12_our_own_address_is_refused(post: Post, box: Box) -> None:
    assert reported(post, box, "b12").state == LetterState.REFUSED
    assert marked(post) == []


def test_b15_a_provider_passes_a_complaint_on(post: Post, box: Box) -> None:
    letter = reported(post, box, "b15")
    (shown,) = handled(post)
    assert (letter.state, marked(post)) == (LetterState.SENT, [])
    assert (shown.person_id, shown.is_taken) == (letter.person_id, False)
    assert "unwanted" in shown.outcome


def test_b20_a_relay_gave_the_letter_a_message_id_of_its_own(post: Post, box: Box) -> None:
    """Without a header of ours nothing proves which letter it was: it is known whose, and marks nobody."""
    letter = reported(post, box, "b20")
    (shown,) = handled(post)
    assert (letter.state, marked(post)) == (LetterState.SENT, [])
    assert (shown.person_id, shown.is_taken) == (letter.person_id, False)


@pytest.mark.parametrize("name", ["r02", "r03", "r03b", "r12"])
def test_an_answer_beyond_doubt_is_taken(post: Post, box: Box, name: str) -> None:
    assert answered(post, box, name) is Answer.ACCEPTED


def test_r10_a_calendar_in_utf_16(post: Post, box: Box) -> None:
    assert answered(post, box, "r10") is Answer.ACCEPTED


def test_r11_an_answer_in_winmail_dat_is_shown(post: Post, box: Box) -> None:
    assert answered(post, box, "r11") is Answer.NONE
    (shown,) = handled(post)
    assert (shown.is_taken, shown.is_offered) == (False, True)
    assert shown.invitation_id == post.invitation(READER).id


def test_r12b_a_calendar_that_is_called_bytes(post: Post, box: Box) -> None:
    assert answered(post, box, "r12b") is Answer.ACCEPTED


def test_r13_a_primary_address_in_place_of_an_alias_is_offered(post: Post, box: Box) -> None:
    assert answered(post, box, "r13") is Answer.NONE
    (shown,) = handled(post)
    assert (shown.is_taken, shown.is_offered, shown.answer) == (False, True, Answer.ACCEPTED)


def test_r14_a_comment_is_kept_with_its_answer(post: Post, box: Box) -> None:
    assert answered(post, box, "r14") is Answer.DECLINED
    assert post.invitation(READER).comment == "On duty that day, my deputy could come."
