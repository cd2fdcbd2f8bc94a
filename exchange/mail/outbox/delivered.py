"""What one run of delivery did, as a value. Not the delivering."""

from dataclasses import dataclass

UNREACHABLE = "The mail server was not reached: "
STOPPED = "Delivery was stopped, the mail server refuses most letters alike: "
STOPPED_TO = "Delivery to %s was stopped, the mail server refuses most letters there alike: "


@dataclass
class Delivered:
    """What one run did. ``unreachable`` holds the server's words when the run had to stop, ``stopped``
    those in which it refused most letters alike, to the domain ``stopped_to`` or ("") to everybody."""

    sent: int = 0
    refused: int = 0
    put_off: int = 0
    withdrawn: int = 0
    unreachable: str = ""
    stopped: str = ""
    stopped_to: str = ""

    @property
    def outcome(self) -> str:
        """What is kept of it, in a sentence or two."""
        counts = f"{self.sent} sent, {self.refused} refused, {self.put_off} put off"
        counts += f", {self.withdrawn} withdrawn"
        if self.stopped:
            return f"{counts}. {STOPPED_TO % self.stopped_to if self.stopped_to else STOPPED}{self.stopped}"
        return f"{counts}. {UNREACHABLE}{self.unreachable}" if self.unreachable else counts


@dataclass(frozen=True)
class Trouble:
    """What kept a run from sending, as its outcome says; ``is_stopped``: most letters were refused alike."""

    said: str
    is_stopped: bool


def trouble_in(outcome: str) -> Trouble | None:
    """The trouble that an outcome tells of; None when it tells of none."""
    is_stopped = any(words in outcome for words in (STOPPED, STOPPED_TO.partition("%s")[2]))
    return Trouble(outcome, is_stopped) if is_stopped or UNREACHABLE in outcome else None
