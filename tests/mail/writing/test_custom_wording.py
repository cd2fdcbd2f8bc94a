"""Letters in a coordinator's words: the defaults read the same as placeholders, and nothing leaks or runs."""

from exchange.db import Database
from exchange.mail.schedule.letter_schedule import planned_for_cycle, planned_for_training
from exchange.mail.writing.compose import folder_of
from exchange.mail.writing.custom_wording import Wordings, default_wording
from exchange.mail.writing.rehearsal import tried_letter
from exchange.settings import Settings
from tests.factories import make_training, stage_plan
from tests.mail.programme import EARLY, composed, three_city_cycle
from tests.mail.writing.test_compose import words_of

PLAN = stage_plan()


def test_every_default_reads_the_same_when_it_is_written_with_placeholders(database: Database) -> None:
    with database.transaction() as session:
        agendas = {"scoping_call": "Ten o'clock", "session": "Come.\n\nListen."}
        cycle = three_city_cycle(session, is_chatham_house=True, brief="Who flies.", agendas=agendas)
        training = make_training(
            session, host_city=cycle.lead_city, place="Hall", description="Bring\ngloves", agenda="Talk"
        )
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        planned += planned_for_training(session, training, now=EARLY)
        rules = {one.kind: one.letter.rule for one in planned}
        defaults = {(key, None): default_wording(folder_of(rule)) for key, rule in rules.items()}
        for one in planned:
            came = composed(one)
            edited = tried_letter(
                one,
                plan=PLAN,
                settings=Settings(
                    base_url="https://exchange.example.org", mail_from="CTPN <programme@example.org>"
                ),
                wordings=Wordings(defaults),
            )
            assert edited.text.splitlines() == came.text.splitlines()
            assert edited.subject == came.subject
            assert words_of(edited.html) == edited.text.split()
