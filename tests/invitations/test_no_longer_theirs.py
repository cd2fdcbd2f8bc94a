"""Who may no longer know of a meeting: what they are told when it is taken from them, and their answers."""

from dataclasses import replace
from datetime import date

import pytest
import vobject
from sqlmodel import select

from exchange.models import Answer, City, Membership, Person, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings import actions as trainings
from exchange.trainings import queries as training_queries
from exchange.trainings.drafts import draft_of
from tests.invitations.conftest import INVITED_AT, PLAN, Post
from tests.invitations.test_change_announcements import sent
from tests.invitations.test_reply_mailbox import Box, outcomes, read, reply
from tests.queueing import release_all

CANARY = "Canary-after-they-left"


@pytest.mark.parametrize("marking", [Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT, Marking.RED])
def test_who_is_taken_off_hears_nothing_of_what_was_changed_with_it(
    post: Post, training: TrainingEvent, marking: Marking
) -> None:
    """The letter and its calendar part had the title, place and marking of the moment it was written."""
    sent(post)
    with post.database.transaction() as session:
        found = training_queries.training(session, 1)
        others = session.exec(select(City.id).where(City.name != "Washington DC")).all()
        anna = session.exec(select(Person.email).where(Person.name != "Maria Ruiz")).first()
        draft = replace(
            draft_of(found),
            city_ids=frozenset(others),
            title=CANARY,
            place=CANARY,
            description=CANARY,
            marking=marking,
            named=[anna or ""] if marking is Marking.RED else None,
        )
        trainings.edit_training(session, found, draft, actor=None, now=INVITED_AT, reason="Agreed.")
        found.tell_at = None
    with post.database.transaction() as session:
        release_all(session, plan=PLAN, settings=post.settings, now=INVITED_AT)
    (letter,) = post.letters(kind="release", to_name="Maria Ruiz")
    everything = letter.subject + letter.text + letter.html + letter.calendar
    assert CANARY not in everything
    assert "04:00 in Washington DC" in letter.subject  # as she knew it
    if marking in {Marking.AMBER_STRICT, Marking.RED}:
        assert marking not in everything
    off = vobject.readOne(letter.calendar)
    assert (off.method.value, off.vevent.sequence.value) == ("CANCEL", "1")
    assert off.vevent.uid.value == post.invitation("Maria Ruiz").uid
    assert off.vevent.summary.value == "Private"


def test_an_answer_by_calendar_ends_with_the_right_to_come(post: Post, training: TrainingEvent) -> None:
    """The page behind the link refused it, and the mailbox took it."""
    box = Box()
    box.contents.append(reply(post))
    with post.database.transaction() as session:
        maria = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
        for span in session.exec(select(Membership).where(Membership.city_id == maria.city_id)):
            span.ends_on = date(2027, 1, 27)
    assert read(post, box) == 1
    assert post.invitation("Maria Ruiz").answer == Answer.NONE
    assert outcomes(post.database) == [(False, "Whoever sent it does not take part any more.")]
