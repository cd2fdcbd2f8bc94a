"""Letters to boards: about their meetings, and E11, the digest of a quarter. Not when they go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.unsubscribe_links import one_click_link, preferences_link
from exchange.mail.writing.letter_facts import described
from exchange.mail.writing.occasions.meeting_news import News, Reader
from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.template_rendering import SEALED, written
from exchange.mail.writing.words import wording
from exchange.meeting_times import wall_of
from exchange.models import BoardMeeting, Person
from exchange.rules.access.rings import Ring, carried
from exchange.rules.letters.quarters import Quarter
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.rules.programme.cycles import Sitting
from exchange.rules.programme.stage_plan import MessageClass
from exchange.settings import Settings

_MEETING, _DIGEST = "board_meeting", "board_digest"  # folders of templates/mail


def meeting_letter(meeting: BoardMeeting, to: Reader, news: News, settings: Settings) -> ComposedLetter:
    """One letter about a meeting, on its reader's wall; at TLP:RED it only asks to sign in.

    A service letter, as it is about a seat that the reader holds.
    """
    words = wording(to.person.language)
    shown = carried(meeting.marking, Ring.LETTER)
    facts: dict[str, object] = {
        "label": meeting.marking,
        "name": to.person.name,
        "link": page(settings, f"/governance/meetings/{meeting.id}"),
    }
    if shown is None or not shown.title:
        return written(SEALED, facts, words, settings)
    own = Sitting("", "", wall_of(meeting), meeting.minutes)
    facts |= {
        "news": news.value,
        "title": meeting.title,
        "board": meeting.board.name,
        "meeting": described(own, to.calendar, [], words),
        "place": meeting.place if shown.place else "",
        "agenda": meeting.agenda if shown.description else "",
        "join_link": meeting.join_link if shown.link else "",
        "is_join_link_on_page": bool(meeting.join_link) and not shown.link,
        "no_link_yet": "",
        "answer_link": to.link,
        "said": to.said.value,
        "reason": meeting.reason if shown.description else "",
    }
    return written(_MEETING, facts, words, settings)


def released_letter(to: Reader, settings: Settings) -> ComposedLetter:
    """That somebody is no longer invited to a meeting of a board, without a word of which."""
    facts = {"label": "", "name": to.person.name, "news": "released"}
    return written(_MEETING, facts, wording(to.person.language), settings)


@dataclass(frozen=True)
class Line:
    """One thing of the quarter: its title, or a decision's reference before it, and its page."""

    title: str
    marking: Marking
    path: str
    reference: str = ""


@dataclass(frozen=True)
class Digest:
    """What happened in a quarter, as far as one reader may know of it, none of it at TLP:RED."""

    quarter: Quarter
    exchanges: Sequence[Line] = ()
    events: Sequence[Line] = ()
    products: Sequence[Line] = ()
    findings: Sequence[Line] = ()
    decisions: Sequence[Line] = ()
    needs: Sequence[Line] = ()
    actions_done: int = 0
    actions_late: int = 0
    action_marking: Marking = Marking.CLEAR  # the closest of those counted

    @property
    def lines(self) -> list[Line]:
        """All that it names."""
        every = (*self.exchanges, *self.events, *self.products, *self.findings, *self.decisions, *self.needs)
        return list(every)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.lines and not self.actions_done and not self.actions_late


def digest_letter(to: Person, digest: Digest, settings: Settings) -> ComposedLetter:
    """The quarter in one letter of the programme; its label is the closest marking of what it speaks of."""
    words = wording(to.language)
    marking = max([digest.action_marking, *(one.marking for one in digest.lines)], key=rank)
    facts = {
        "label": marking.value,
        "name": to.name,
        "preferences_link": preferences_link(to, settings),
        "link": page(settings, "/governance"),
        "quarter": digest.quarter.number,
        "year": digest.quarter.year,
        "first": words.long_day(digest.quarter.first_on),
        "last": words.long_day(digest.quarter.last_on),
        "exchanges": _shown(digest.exchanges, settings),
        "events": _shown(digest.events, settings),
        "products": _shown(digest.products, settings),
        "findings": _shown(digest.findings, settings),
        "decisions": _shown(digest.decisions, settings),
        "needs": _shown(digest.needs, settings),
        "actions_done": digest.actions_done,
        "actions_late": digest.actions_late,
    }
    return replace(
        written(_DIGEST, facts, words, settings),
        message_class=MessageClass.PROGRAMME,
        unsubscribe_url=one_click_link(to, settings),
    )


def _shown(lines: Sequence[Line], settings: Settings) -> list[dict[str, str]]:
    return [
        {
            "title": f"{one.reference} {one.title}" if one.reference else one.title,
            "link": page(settings, one.path),
        }
        for one in lines
    ]
