"""Letters to those who plan an event, about their meetings. Not when they go."""

from exchange.duties.planning_meeting import PlanningMeeting
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.writing.letter_facts import described
from exchange.mail.writing.occasions.meeting_news import News, Reader
from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.template_rendering import SEALED, written
from exchange.mail.writing.words import wording
from exchange.rules.access.rings import Ring, carried
from exchange.rules.programme.cycles import Sitting
from exchange.settings import Settings

_FOLDER = "planning_meeting"  # of templates/mail


def planning_letter(meeting: PlanningMeeting, to: Reader, news: News, settings: Settings) -> ComposedLetter:
    """One letter about a planning meeting, on its reader's wall; at TLP:RED it only asks to sign in.

    A service letter, as it is about what the reader was named for.
    """
    words, training = wording(to.person.language), meeting.training
    shown = carried(training.marking, Ring.LETTER)
    facts: dict[str, object] = {
        "label": training.marking,
        "name": to.person.name,
        "link": page(settings, f"/trainings/{training.id}/preparation"),
    }
    if shown is None or not shown.title:
        return written(SEALED, facts, words, settings)
    own = Sitting("", "", meeting.starts, meeting.minutes)
    clocks = meeting.cities if shown.other_cities else []
    facts |= {
        "news": news.value,
        "title": words.translations.gettext(meeting.line.milestone.name),
        "event": training.title,
        "meeting": described(own, to.calendar, clocks, words),
        "place": meeting.place if shown.place else "",
        "join_link": meeting.join_link if shown.link else "",
        "is_join_link_on_page": bool(meeting.join_link) and not shown.link,
        "no_link_yet": "",
        "answer_link": to.link,
        "said": to.said.value,
    }
    return written(_FOLDER, facts, words, settings)


def released_from_planning(to: Reader, settings: Settings) -> ComposedLetter:
    """That somebody is no longer invited to a planning meeting, without a word of which."""
    facts = {"label": "", "name": to.person.name, "news": "released"}
    return written(_FOLDER, facts, wording(to.person.language), settings)
