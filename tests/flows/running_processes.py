"""What a flow holds of a running installation: its clock, letters and ticks, and ways to sign in."""

import re
from dataclasses import dataclass
from email.message import EmailMessage

import requests

from exchange.db import Database
from exchange.settings import Settings
from jobs.answer_sign_ins import answer_sign_ins
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from jobs.letters.queue_reminders import queue_reminders
from jobs.letters.tell_changes import tell_changes
from jobs.publish_feeds import publish_feeds
from tests.flows.visitor import Visitor
from tests.hand_clock import HandClock
from tests.mail.sink import Sink


@dataclass
class RunningInstallation:
    """An installation in which a test walks time by hand."""

    settings: Settings
    database: Database
    clock: HandClock
    sink: Sink
    context: Context

    def tick(self) -> None:
        """What the clock process does in a minute: publish, remind, deliver."""
        publish_feeds(self.context)
        queue_reminders(self.context)
        tell_changes(self.context)
        deliver_mail(self.context)

    def letters(self) -> list[EmailMessage]:
        """All letters that arrived so far, in order."""
        return self.sink.messages

    def feed(self, path: str = "/feeds/network.ics") -> requests.Response:
        """A calendar client's GET."""
        return requests.get(self.settings.base_url + path, timeout=30)

    def signed_in(self, email: str) -> Visitor:
        """A person who asked for a link, read the letter, opened it and pressed the button."""
        visitor = Visitor(self.settings.base_url)
        before = len(self.sink.arrived)
        visitor.open("/sign-in")
        visitor.submit(visitor.form_with("email"), email=email)
        answer_sign_ins(self.context)
        deliver_mail(self.context)
        letter = self.letters()[before]
        assert email in letter["To"]
        link = re.search(r"http\S+/sign-in/\S+", text_of(letter))
        assert link, text_of(letter)
        visitor.open(link[0])
        visitor.submit(visitor.form_to(link[0].removeprefix(self.settings.base_url)))
        return visitor


def text_of(letter: EmailMessage) -> str:
    """The text part of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text
