"""What who asked is told and shown on the way: a later day, the files of what is released, their own page."""

from datetime import timedelta

from flask import Flask

from exchange.mail.outbox.delivery import transport_for
from exchange.models import Attachment, LetterState
from exchange.settings import Settings
from exchange.uploads.file_storage import store
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from tests.factories import stage_plan
from tests.pages import text_of
from tests.requests.conftest import EASTER, FORMAT, House, confirmed
from tests.requests.test_deciding import press, released
from tests.sign_in import SignIn

PETRA = "petra@example.org"


def test_a_later_day_is_told_by_one_letter_and_by_none_once_it_is_answered(
    house: House, app: Flask, sign_in: SignIn, settings: Settings
) -> None:
    link = confirmed(house, app.test_client(), "accessible-format", FORMAT)
    cora = sign_in(house.cora)
    transport = transport_for(settings)
    context = Context(house.database, settings, stage_plan(), transport, house.clock, worker="test:1")
    deliver_mail(context)
    assert press(cora, house, "extend", due_on="2027-04-12", reason="The printer is away.") == 303
    assert press(cora, house, "extend", due_on="2027-04-13", reason="It is mended.") == 303
    _receipt, first, second = house.letters(PETRA)
    assert (first.state, second.state) == (LetterState.WITHDRAWN, LetterState.QUEUED)
    assert second.subject.startswith("A later day for your request")
    said = " ".join(second.text.split())
    assert "We said that we answer your request by Monday 12 April 2027." in said
    assert "we answer by Tuesday 13 April 2027 (London)." in said
    assert "Why: It is mended." in said
    assert link in second.text
    deliver_mail(context)
    assert press(cora, house, "extend", due_on="2027-04-14", reason="Again.") == 303
    assert press(cora, house, "answer", outcome="The file is on its way.") == 303
    deliver_mail(context)
    transport.close()
    gone = [one.subject.partition(" your request")[0] for one in house.letters(PETRA) if one.sent_at]
    assert gone[1:] == ["A later day for", "What became of"]


def test_who_withdraws_is_told_of_no_later_day(house: House, app: Flask, sign_in: SignIn) -> None:
    visitor = app.test_client()
    link = confirmed(house, visitor, "accessible-format", FORMAT)
    assert press(sign_in(house.cora), house, "extend", due_on="2027-04-12", reason="Away.") == 303
    assert visitor.post(f"{link}/withdraw").status_code == 303
    assert house.letters(PETRA)[-1].state == LetterState.WITHDRAWN


def test_what_is_released_has_its_files_of_that_day_and_no_later_one(
    house: House, app: Flask, sign_in: SignIn, settings: Settings
) -> None:
    def attach(name: str, content: bytes) -> int:
        stored = store(settings.uploads, content)
        with house.database.transaction() as session:
            row = Attachment(
                product_id=house.product_id,
                name=name,
                media_type="text/plain",
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
                stored_name=stored.stored_name,
                person_id=house.alva.id or 0,
                added_at=house.clock(),
            )
            session.add(row)
            session.flush()
            return row.id or 0

    decided_on = attach("map.txt", b"A map")
    alva, link = released(house, app, sign_in)
    house.clock.set(EASTER + timedelta(hours=1))
    later = attach("later.txt", b"Later")
    visitor = app.test_client()
    shown = visitor.get(link).text
    assert f"{link}/files/{decided_on}" in shown
    assert "later.txt" not in shown
    file = visitor.get(f"{link}/files/{decided_on}")
    assert (file.data, file.headers["Cache-Control"]) == (b"A map", "no-store")
    assert visitor.get(f"{link}/files/{later}").status_code == 404
    assert visitor.get(f"/released/other/files/{decided_on}").status_code == 404
    assert press(alva, house, "revoke", reason="A name stood in it.") == 303
    assert visitor.get(f"{link}/files/{decided_on}").status_code == 404


def test_my_desk_leads_to_the_page_that_follows_what_i_asked_for(house: House, sign_in: SignIn) -> None:
    mia, carl = sign_in(house.mia), sign_in(house.alva)
    assert mia.post("/ask/join", data={"words": "A seat."}).status_code == 303
    own = f"/asked/by-me/{house.asked()[0].id}"
    for page in ("/desk", "/ask"):
        assert f'href="{own}"' in mia.get(page).text
    answer = mia.get(own)
    assert (answer.status_code, answer.location) == (303, house.link(house.mia.email))
    assert "Your request, number 1" in text_of(mia.get(answer.location))
    assert carl.get(own).status_code == 404
