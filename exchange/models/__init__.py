"""All tables of Exchange, one file per noun. No behaviour beyond properties."""

from exchange.models.accounts import RateCount, SignInLink, WebSession
from exchange.models.audit import AuditEntry, AuditHead
from exchange.models.cities import City, Membership, MembershipStatus, QuietPeriod
from exchange.models.cycles import (
    Cycle,
    CycleCity,
    CycleGroup,
    Publication,
    Sitting,
    Stage,
)
from exchange.models.feeds import Feed, FeedAddress, FeedKind, PublishedFeed
from exchange.models.groups import Board, BoardMember, ExpertGroup, GroupMember, Partner
from exchange.models.invitations import (
    Answer,
    Channel,
    HandledMail,
    Invitation,
    MailboxMark,
    MailKind,
    RefusedAddress,
)
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
    "Answer",
    "AuditEntry",
    "AuditHead",
    "Board",
    "BoardMember",
    "Channel",
    "City",
    "Cycle",
    "CycleCity",
    "CycleGroup",
    "ExpertGroup",
    "Feed",
    "FeedAddress",
    "FeedKind",
    "GroupMember",
    "HandledMail",
    "Invitation",
    "JobRun",
    "Letter",
    "LetterState",
    "MailKind",
    "MailboxMark",
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
    "RefusedAddress",
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
