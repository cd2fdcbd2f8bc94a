"""All tables of Exchange, one file per noun. No behaviour beyond properties."""

from exchange.models.accounts import RateCount, SignInLink, WebSession
from exchange.models.audit import AuditEntry, AuditHead
from exchange.models.busy import BusyCalendar, BusyInterval, BusyKind
from exchange.models.cities import City, Membership, MembershipStatus, QuietPeriod
from exchange.models.cycles import (
    Cycle,
    CycleCity,
    CycleGroup,
    Publication,
    Sitting,
    Stage,
)
from exchange.models.feeds import (
    Feed,
    FeedAddress,
    FeedChange,
    FeedComponent,
    FeedKind,
    FeedSlot,
    PublishedFeed,
)
from exchange.models.groups import Board, BoardMember, ExpertGroup, GroupMember, Partner
from exchange.models.jobs import JobRun
from exchange.models.letters import Letter, LetterState
from exchange.models.overrides import Override
from exchange.models.people import Person, PersonRole, Role
from exchange.models.themes import Theme
from exchange.models.trainings import (
    TrainingCity,
    TrainingEvent,
    TrainingGroup,
    TrainingKind,
    TrainingMode,
    TrainingState,
)

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Board",
    "BoardMember",
    "BusyCalendar",
    "BusyInterval",
    "BusyKind",
    "City",
    "Cycle",
    "CycleCity",
    "CycleGroup",
    "ExpertGroup",
    "Feed",
    "FeedAddress",
    "FeedChange",
    "FeedComponent",
    "FeedKind",
    "FeedSlot",
    "GroupMember",
    "JobRun",
    "Letter",
    "LetterState",
    "Membership",
    "MembershipStatus",
    "Override",
    "Partner",
    "Person",
    "PersonRole",
    "Publication",
    "PublishedFeed",
    "QuietPeriod",
    "RateCount",
    "Role",
    "SignInLink",
    "Sitting",
    "Stage",
    "Theme",
    "TrainingCity",
    "TrainingEvent",
    "TrainingGroup",
    "TrainingKind",
    "TrainingMode",
    "TrainingState",
    "WebSession",
]
