"""Who was at an event or at a sitting of an exchange; and colleagues whom invited people named."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of, one_of_or_empty
from exchange.models.cities import City
from exchange.models.cycles import Sitting
from exchange.models.invitations import Invitation
from exchange.models.organisations import OrganisationKind
from exchange.models.people import Person
from exchange.models.trainings import TrainingEvent


class Presence(StrEnum):
    """How somebody was there."""

    IN_PERSON = "in person"
    REMOTE = "remote"


class AttendanceSheet(SQLModel, table=True):
    """The list of who was at one event or sitting, from the first who said so or was ticked."""

    __tablename__ = "attendance_sheet"
    __table_args__ = (CheckConstraint("(training_id IS NULL) <> (sitting_id IS NULL)", name="subject"),)

    id: int | None = Field(default=None, primary_key=True)
    training_id: int | None = Field(default=None, foreign_key="training_event.id", unique=True)
    sitting_id: int | None = Field(default=None, foreign_key="sitting.id", unique=True)
    version: int = 1  # rises with each save; a form sent from an older page is refused
    noted_at: datetime | None = None  # None: nobody has gone through it yet, people may have said they came
    noted_by_id: int | None = Field(default=None, foreign_key="person.id")

    training: TrainingEvent | None = Relationship()
    sitting: Sitting | None = Relationship()
    rows: list["Attendance"] = Relationship(
        back_populates="sheet",
        sa_relationship_kwargs={"cascade": "all, delete-orphan", "order_by": "Attendance.id"},
    )


class Attendance(SQLModel, table=True):
    """Somebody who was there; or, without a person, how many of one city and sector.

    City and sector are those of the day: who moves, leaves or is erased is counted where they were.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("sheet_id", "person_id"),
        CheckConstraint("people >= 1", name="people"),
        CheckConstraint("person_id IS NULL OR people = 1", name="one_person"),
        one_of("presence", Presence),
        one_of_or_empty("sector", OrganisationKind),
    )

    id: int | None = Field(default=None, primary_key=True)
    sheet_id: int = Field(foreign_key="attendance_sheet.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    city_id: int = Field(foreign_key="city.id", index=True)
    sector: str = ""  # the kind of their organisation; "" for none known
    people: int = 1
    presence: str
    noted_at: datetime
    is_own_word: bool = False  # they said so themselves, at the door or by their link

    sheet: AttendanceSheet = Relationship(back_populates="rows")
    person: Person | None = Relationship()
    city: City = Relationship()


class FeedbackText(SQLModel, table=True):
    """What somebody wrote about an event, once nothing tells any more who that was."""

    __tablename__ = "feedback_text"

    id: int | None = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="ask_question.id", index=True)
    text: str


class NominationState(StrEnum):
    """What became of a colleague who was named."""

    WAITING = "waiting"
    INVITED = "invited"
    DECLINED = "declined"


class Nomination(SQLModel, table=True):
    """A colleague whom an invited person named for the same meeting; a coordinator decides.

    Name and address go once it is decided: an invited colleague is a person then.
    """

    __tablename__ = "nomination"
    __table_args__ = (one_of("state", NominationState),)

    id: int | None = Field(default=None, primary_key=True)
    invitation_id: int = Field(foreign_key="invitation.id", index=True)  # of who named them
    name: str
    email: str  # lower case
    made_at: datetime
    state: str = Field(default=NominationState.WAITING, index=True)
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    word: str = ""  # why not

    invitation: Invitation = Relationship()
