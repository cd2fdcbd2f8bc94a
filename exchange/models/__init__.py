"""All tables of Exchange, one file per noun. No behaviour beyond properties."""

from exchange.models.accounts import RateCount, SignInLink, WebSession
from exchange.models.audit import AuditEntry, AuditHead
from exchange.models.busy import BusyCalendar, BusyInterval, BusyKind
from exchange.models.chases import Chase, LadderChange
from exchange.models.cities import City, Membership, MembershipStatus, QuietPeriod
from exchange.models.contributions import (
    Attachment,
    Contribution,
    ContributionGroup,
    ContributionVersion,
)
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
from exchange.models.links import PersonalLink
from exchange.models.overrides import Override
from exchange.models.people import Person, PersonRole, Role
from exchange.models.plans import PlanEntry, PlanRequest, PlanState
from exchange.models.products import (
    Outcome,
    Product,
    ProductReviewer,
    ProductState,
    ProductVersion,
    ReviewComment,
)
from exchange.models.prompts import (
    Prompt,
    PromptAddressee,
    PromptParty,
    PromptQuestion,
)
from exchange.models.themes import Theme
from exchange.models.trainings import (
    TrainingCity,
    TrainingEvent,
    TrainingGroup,
    TrainingKind,
    TrainingMode,
    TrainingState,
)
from exchange.models.wordings import LetterWording

__all__ = [
    "Answer",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Board",
    "BoardMember",
    "BusyCalendar",
    "BusyInterval",
    "BusyKind",
    "Channel",
    "Chase",
    "City",
    "Contribution",
    "ContributionGroup",
    "ContributionVersion",
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
    "HandledMail",
    "Invitation",
    "JobRun",
    "LadderChange",
    "Letter",
    "LetterState",
    "LetterWording",
    "MailKind",
    "MailboxMark",
    "Membership",
    "MembershipStatus",
    "Outcome",
    "Override",
    "Partner",
    "Person",
    "PersonRole",
    "PersonalLink",
    "PlanEntry",
    "PlanRequest",
    "PlanState",
    "Product",
    "ProductReviewer",
    "ProductState",
    "ProductVersion",
    "Prompt",
    "PromptAddressee",
    "PromptParty",
    "PromptQuestion",
    "Publication",
    "PublishedFeed",
    "QuietPeriod",
    "RateCount",
    "RefusedAddress",
    "ReviewComment",
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
