"""What letters about meetings outside the programme have in common: their news, and their reader."""

from dataclasses import dataclass
from enum import StrEnum

from exchange.models import Answer, Person
from exchange.rules.time.holidays import CityCalendar


class News(StrEnum):
    """What a letter about a meeting says."""

    INVITED = "invited"
    CHANGED = "changed"
    OFF = "off"


@dataclass(frozen=True)
class Reader:
    """To whom, on which clock; with their link for answering ("" for none) and what they answered."""

    person: Person
    calendar: CityCalendar
    link: str = ""
    said: Answer = Answer.NONE
