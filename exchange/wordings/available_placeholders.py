"""What each letter offers to whoever words it: its placeholders and what they mean. It fills none."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from exchange.mail.writing import transactional_letters
from exchange.mail.writing.compose import ABOUT_A_MEETING, folder_of
from exchange.mail.writing.custom_wording import BLOCKS, LINKS
from exchange.rules.letters.chase_ladder import rule_of
from exchange.rules.letters.training_letters import INVITATION, REMINDERS
from exchange.rules.programme.stage_plan import Anchor, LetterRule, StagePlan

_EVERYWHERE = {
    "title": _("what it is about, as far as the marking allows"),
    "name": _("the reader's name"),
    "city": _("the reader's city"),
    "link": _("the address of the page; none for a reader to whom the page does not open"),
    "letter_name": _("the letter's name in the plan"),
    "about_day": _("the day it speaks of: Thursday 11 February 2027"),
    "about_day_short": _("the same, short: Thu 11 Feb"),
    "countdown": _("how far off that day is: Tomorrow, In 4 days"),
    "network": _("the network's name"),
    "short": _("the network's short name"),
}
_OF_CYCLES = {
    "due_day": _("the day by which something is asked of the reader"),
    "due_day_short": _("the same, short"),
    "awaited": _("whose answers are missing; only in chasing letters"),
    "starts_day": _("the first day of the exchange"),
    "starts_day_short": _("the same, short"),
    "ends_day": _("the last day of the exchange"),
    "ends_day_short": _("the same, short"),
    "weeks": _("how many weeks it takes"),
    "lead_city": _("the lead city"),
    "theme": _("the theme, where the title is another one"),
    "tasks": _("where the reader answers, by their own link; on a line by itself"),
    "stages": _("the list of stages with their days; on a line by itself"),
    "brief": _("the brief, where the marking allows, else that it is on the page; on a line by itself"),
    "own_part": _("what the reader is in it and their days; in the launch; on a line by itself"),
    "questions": _("the questions that are asked, as far as the marking allows; on a line by itself"),
}
_OF_MEETINGS = {
    "meeting": _("the meeting on the reader's clock, elsewhere, and odd clocks; on a line by itself"),
    "meeting_name": _("the meeting's name"),
    "meeting_when": _("its day and hour in the reader's city"),
    "meeting_when_short": _("the same, short"),
    "meeting_length": _("how long it takes"),
    "answer": _("where the reader says whether they come; on a line by itself"),
    "agenda": _("the agenda, where the marking allows, else that it is on the page; on a line by itself"),
    "particulars": _("kind, theme, mode and for whom it is; on a line by itself"),
    "join": _("how to join, or that the link follows; on a line by itself"),
    "welfare": _("whom to turn to at the host city, where the marking allows; on a line by itself"),
    "chatham_house": _("the sentence on the Chatham House Rule, where it applies; on a line by itself"),
}
_OF_EVENTS = {
    "place": _("the place"),
    "host_city": _("the host city"),
    "mode": _("in person, online or both"),
    "description": _("the description"),
    "theme": _("the theme, where the title is another one"),
}
_OF_THANKS = {
    "welfare": _OF_MEETINGS["welfare"],
    "feedback_day": _("the last day on which feedback is looked for"),
    "feedback_day_short": _("the same, short"),
}
_ALWAYS = {name: _EVERYWHERE[name] for name in ("name", "network", "short")}
_OF_TRANSACTIONAL = _ALWAYS | {"city": _EVERYWHERE["city"], "title": _EVERYWHERE["title"]}
_OF_ANSWERS = _OF_TRANSACTIONAL | {
    "party": _("the city or the group that the answer is for"),
    "last_day": _("the last day on which the answer can be changed"),
    "last_day_short": _("the same, short"),
}
_OF_CALLED_OFF = _OF_TRANSACTIONAL | {
    "reason": _("the reason, where the marking allows it"),
    "link": _EVERYWHERE["link"],
    "meeting_when": _OF_MEETINGS["meeting_when"],
    "meeting_when_short": _OF_MEETINGS["meeting_when_short"],
    "meeting_length": _OF_MEETINGS["meeting_length"],
}
_OF_CHANGES = {name: meaning for name, meaning in _OF_CALLED_OFF.items() if name != "reason"} | {
    "headline": _("what happened, in short: New time, Thu 11 Feb, 15:00 in Stockholm"),
    "changes": _("everything that changed, old and new; on a line by itself"),
    "own_time": _("the meeting on the reader's clock, elsewhere, and odd clocks; on a line by itself"),
    "new_answer": _("where the reader says whether they come now; on a line by itself"),
}
_OF_ASKS = _OF_TRANSACTIONAL | {
    "ask_name": _("what the questions are called"),
    "number": _("how many questions there are"),
    "last_day": _OF_ANSWERS["last_day"],
    "last_day_short": _OF_ANSWERS["last_day_short"],
    "tasks": _OF_CYCLES["tasks"],
}
_OF_REVIEWS = _OF_TRANSACTIONAL | {
    "last_day": _("the last day on which comments are taken"),
    "last_day_short": _("the same, short"),
    "link": _("the address of the draft and its review, the reader's alone"),
}
_OF_EACH_TRANSACTIONAL: Mapping[str, Mapping[str, object]] = {
    transactional_letters.RECEIPT: _OF_ANSWERS
    | {
        "moment": _("when the answer arrived, on the clock of the reader's city"),
        "number": _("which version of the answer it is: 1, 2, ..."),
        "marking": _("the marking that the answer was given"),
    },
    transactional_letters.PASSED_ON: _OF_ANSWERS
    | {
        "before": _("who passed the task on"),
        "link": _("the address where the reader answers, theirs alone"),
    },
    transactional_letters.MORE_DAYS: _OF_ANSWERS
    | {
        "before": _("the day on which it was due before"),
        "link": _("the address where the reader answers, theirs alone"),
    },
    transactional_letters.MOVED: _OF_CHANGES,
    transactional_letters.RESUMED: _OF_CHANGES,
    transactional_letters.CANCELLED: _OF_CALLED_OFF,
    transactional_letters.POSTPONED: _OF_CALLED_OFF,
    transactional_letters.NOT_INVITED: _OF_TRANSACTIONAL
    | {name: _OF_MEETINGS[name] for name in ("meeting_when", "meeting_when_short", "meeting_length")},
    transactional_letters.NEW_ADDRESS: _ALWAYS
    | {
        "news": _("why: somebody who knew the address left, or the secret key was changed"),
        "calendar": _("whose calendar it is: the city's or the group's name"),
        "link": _("the page that shows the new address"),
    },
    transactional_letters.SIGNING_IN: _ALWAYS
    | {
        "link": _("the address that signs the reader in"),
        "minutes": _("for how many minutes it works"),
    },
    transactional_letters.SECOND_FACTOR: _ALWAYS
    | {
        "news": _("what happened: set up, removed, reset, new recovery codes, a code used"),
        "link": _("the page of the reader's account"),
    },
    transactional_letters.CONFIRMING: _ALWAYS
    | {
        "link": _("the address that confirms that it is the reader"),
        "minutes": _("for how many minutes it works"),
    },
    transactional_letters.WELCOME: _ALWAYS
    | {
        "city": _EVERYWHERE["city"],
        "own_part": _("what the reader is in the network and what they will get; on a line by itself"),
        "link": _("the page of the reader's calendars"),
        "privacy": _("the address of the privacy notice"),
    },
    transactional_letters.FAREWELL: _ALWAYS
    | {
        "city": _("the city that leaves"),
        "from_day": _("the first day on which it is no longer in the network"),
        "from_day_short": _("the same, short"),
        "reason": _("the reason that was given"),
        "outlook": _("what ends for the reader, and what stays"),
        "privacy": _("the address of the privacy notice"),
    },
    transactional_letters.EVENT_THANKS: _OF_TRANSACTIONAL
    | _OF_THANKS
    | {
        "host_city": _OF_EVENTS["host_city"],
        "link": _EVERYWHERE["link"],
        "feedback_link": _("the address where the reader gives feedback, theirs alone"),
    },
    transactional_letters.DUTIES: _ALWAYS
    | {
        "city": _EVERYWHERE["city"],
        "owed": _("what the reader owes, with what is late first; on a line by itself"),
        "number": _("how many things that are"),
        "about_day": _("the day of the first of them"),
        "about_day_short": _("the same, short"),
        "link": _("the page of the reader's desk"),
    },
    **dict.fromkeys(transactional_letters.OF_ASKS, _OF_ASKS),
    transactional_letters.PRODUCT_REVIEW: _OF_REVIEWS,
    transactional_letters.PRODUCT_REMINDER: _OF_REVIEWS,
    transactional_letters.PRODUCT_OUT: _OF_TRANSACTIONAL | {"link": _("the page of the product")},
    transactional_letters.YOUR_ACTIONS: _OF_TRANSACTIONAL
    | {
        "actions": _("what the reader is to do, each with their own link; on a line by itself"),
        "number": _("how many actions that are"),
        "link": _("the page of the reader's actions"),
    },
}
_NEEDED = {
    **dict.fromkeys(transactional_letters.OF_ASKS, frozenset({"tasks"})),
    **dict.fromkeys(transactional_letters.OF_PRODUCTS, frozenset({"link"})),
    transactional_letters.YOUR_ACTIONS: frozenset({"actions"}),
    transactional_letters.PASSED_ON: frozenset({"link"}),
    transactional_letters.MORE_DAYS: frozenset({"link"}),
    transactional_letters.MOVED: frozenset({"changes", "new_answer"}),
    transactional_letters.RESUMED: frozenset({"changes", "new_answer"}),
    transactional_letters.NEW_ADDRESS: frozenset({"link"}),
    transactional_letters.SIGNING_IN: frozenset({"link"}),
    transactional_letters.SECOND_FACTOR: frozenset({"news"}),
    transactional_letters.CONFIRMING: frozenset({"link"}),
    transactional_letters.WELCOME: frozenset({"link", "privacy"}),
    transactional_letters.FAREWELL: frozenset({"from_day", "reason", "outlook"}),
    transactional_letters.DUTIES: frozenset({"owed"}),
}
_UNSURE = frozenset(
    {
        *("link", "reason", "meeting_when", "meeting_when_short", "meeting_length"),
        *("feedback_link", "feedback_day", "feedback_day_short"),
        *BLOCKS,
    }
)  # of letters about changes: there may be none
EVENT_LETTERS = (INVITATION, *REMINDERS)


def rules_of(plan: StagePlan) -> dict[str, LetterRule]:
    """Every letter that can be worded, by key: of the plan, of training events, then those of actions."""
    chasing = [rule_of(step, ask) for ask in plan.asks for step in plan.ladder(ask.kind)]
    return {
        rule.key: rule
        for rule in (*plan.letters, *chasing, *EVENT_LETTERS, *transactional_letters.TRANSACTIONAL_LETTERS)
    }


def is_of_events(rule: LetterRule) -> bool:
    """Whether the letter belongs to training events and not to cycles."""
    return rule in EVENT_LETTERS


def is_transactional(rule: LetterRule) -> bool:
    """Whether an action calls for the letter and no plan: such a one is not taken back to be worded anew."""
    return rule in transactional_letters.TRANSACTIONAL_LETTERS


def is_per_cycle(rule: LetterRule) -> bool:
    """Whether one cycle may have a wording of its own."""
    return not is_of_events(rule) and rule.key not in (
        transactional_letters.OF_ACCOUNTS
        | transactional_letters.OF_MEMBERS
        | transactional_letters.OF_EVENTS
        | transactional_letters.OF_ASKS
        | transactional_letters.OF_PRODUCTS
        | {transactional_letters.DUTIES}
    )


def offered(rule: LetterRule) -> Mapping[str, object]:
    """The placeholders of a letter by name, with what they mean."""
    if is_transactional(rule):
        return _OF_EACH_TRANSACTIONAL[rule.key]
    found = dict(_EVERYWHERE)
    found |= _OF_EVENTS if is_of_events(rule) else _OF_CYCLES
    if folder_of(rule) in ABOUT_A_MEETING:
        found |= _OF_MEETINGS
    if rule.anchor is Anchor.MEETING_END:
        found |= _OF_THANKS
    return found


def words_of_subject(rule: LetterRule) -> tuple[set[str], set[str]]:
    """The names that may stand in a subject, and the links that must not."""
    words, _blocks = words_and_blocks(rule)
    return words - LINKS, words & LINKS


def needed_and_unsure(rule: LetterRule) -> tuple[frozenset[str], frozenset[str]]:
    """The names that the text cannot do without, and those that may have nothing to say beside them."""
    needed = _NEEDED.get(rule.key, frozenset()) if is_transactional(rule) else frozenset()
    return needed, _UNSURE


def words_and_blocks(rule: LetterRule) -> tuple[set[str], set[str]]:
    """The names that stand among words, and those that fill a paragraph of their own."""
    names = set(offered(rule))
    return names - set(BLOCKS), names & set(BLOCKS)
