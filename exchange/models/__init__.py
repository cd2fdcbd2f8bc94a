"""All tables of Exchange, one file per noun. No behaviour beyond properties."""

from exchange.models.accounts import RateCount, SignInLink, SignInRequest, WebSession
from exchange.models.asks import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    AskRow,
    Round,
    Subject,
)
from exchange.models.attendance import (
    Attendance,
    AttendanceSheet,
    FeedbackText,
    Nomination,
    NominationState,
    Presence,
)
from exchange.models.audit import AuditAnchor, AuditEntry, AuditHead, AuditOnce
from exchange.models.busy import BusyCalendar, BusyInterval, BusyKind, UnavailableDays
from exchange.models.chases import Chase, LadderChange, gave_week_back
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
from exchange.models.duties import DutyMorning
from exchange.models.feed_polls import CalendarProgram, FeedPoll
from exchange.models.feeds import (
    Feed,
    FeedAddress,
    FeedChange,
    FeedComponent,
    FeedKind,
    FeedSlot,
    PublishedFeed,
)
from exchange.models.findings_rounds import FindingsRound
from exchange.models.groups import Board, BoardMember, ExpertGroup, GroupMember
from exchange.models.improvement_actions import UNFINISHED, ActionState, ImprovementAction
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
from exchange.models.lessons import Headway, Lesson, LessonKind, LessonPhase, LessonProgress, LessonState
from exchange.models.letters import Letter, LetterState, is_of_kind
from exchange.models.links import PersonalLink
from exchange.models.measurements import Measurement
from exchange.models.needs import (
    Need,
    NeedEvent,
    NeedsRound,
    NeedsRoundCity,
    NeedsRoundTheme,
    NeedsShowing,
    NeedState,
    RoundState,
)
from exchange.models.organisations import Organisation, OrganisationKind
from exchange.models.outlooks import Outlook, item_key
from exchange.models.overrides import Override
from exchange.models.people import SPEAKS_FOR_CITY, Person, PersonRole, Role
from exchange.models.personal_data import (
    AddressChange,
    AttendanceNeed,
    Decision,
    Erasure,
    Right,
    RightsRequest,
)
from exchange.models.plans import PlanEntry, PlanRequest, PlanState
from exchange.models.preparations import (
    Preparation,
    PreparationMember,
    PreparationStep,
    Rating,
    TrainingObjective,
)
from exchange.models.product_vocabulary import CreditRole, Outcome, Phase, ProductKind, ProductState
from exchange.models.products import (
    Product,
    ProductCity,
    ProductCredit,
    ProductGroup,
    ProductRecommendation,
    ProductReviewer,
    ProductTheme,
    ProductVersion,
    ReviewComment,
)
from exchange.models.provider_accounts import ProviderAccount, ProviderAttempt
from exchange.models.second_factors import Passkey, RecoveryCode, SecondFactor
from exchange.models.themes import Theme
from exchange.models.trainings import (
    NOT_TRAINING,
    TrainingCity,
    TrainingEvent,
    TrainingGroup,
    TrainingKind,
    TrainingLink,
    TrainingMode,
    TrainingState,
)
from exchange.models.wordings import LetterWording

__all__ = [
    "NOT_TRAINING",
    "SPEAKS_FOR_CITY",
    "UNFINISHED",
    "ActionState",
    "AddressChange",
    "Answer",
    "Ask",
    "AskAddressee",
    "AskParty",
    "AskQuestion",
    "AskRow",
    "Attachment",
    "Attendance",
    "AttendanceNeed",
    "AttendanceSheet",
    "AuditAnchor",
    "AuditEntry",
    "AuditHead",
    "AuditOnce",
    "Board",
    "BoardMember",
    "BusyCalendar",
    "BusyInterval",
    "BusyKind",
    "CalendarProgram",
    "Channel",
    "Chase",
    "City",
    "Contribution",
    "ContributionGroup",
    "ContributionVersion",
    "CreditRole",
    "Cycle",
    "CycleCity",
    "CycleGroup",
    "Decision",
    "DutyMorning",
    "Erasure",
    "ExpertGroup",
    "Feed",
    "FeedAddress",
    "FeedChange",
    "FeedComponent",
    "FeedKind",
    "FeedPoll",
    "FeedSlot",
    "FeedbackText",
    "FindingsRound",
    "GroupMember",
    "HandledMail",
    "Headway",
    "ImprovementAction",
    "Invitation",
    "JobRun",
    "LadderChange",
    "Lesson",
    "LessonKind",
    "LessonPhase",
    "LessonProgress",
    "LessonState",
    "Letter",
    "LetterState",
    "LetterWording",
    "MailKind",
    "MailboxMark",
    "Measurement",
    "Membership",
    "MembershipStatus",
    "Need",
    "NeedEvent",
    "NeedState",
    "NeedsRound",
    "NeedsRoundCity",
    "NeedsRoundTheme",
    "NeedsShowing",
    "Nomination",
    "NominationState",
    "Organisation",
    "OrganisationKind",
    "Outcome",
    "Outlook",
    "Override",
    "Passkey",
    "Person",
    "PersonRole",
    "PersonalLink",
    "Phase",
    "PlanEntry",
    "PlanRequest",
    "PlanState",
    "Preparation",
    "PreparationMember",
    "PreparationStep",
    "Presence",
    "Product",
    "ProductCity",
    "ProductCredit",
    "ProductGroup",
    "ProductKind",
    "ProductRecommendation",
    "ProductReviewer",
    "ProductState",
    "ProductTheme",
    "ProductVersion",
    "ProviderAccount",
    "ProviderAttempt",
    "Publication",
    "PublishedFeed",
    "QuietPeriod",
    "RateCount",
    "Rating",
    "RecoveryCode",
    "RefusedAddress",
    "ReviewComment",
    "Right",
    "RightsRequest",
    "Role",
    "Round",
    "RoundState",
    "SecondFactor",
    "SignInLink",
    "SignInRequest",
    "Sitting",
    "Stage",
    "Subject",
    "Theme",
    "TrainingCity",
    "TrainingEvent",
    "TrainingGroup",
    "TrainingKind",
    "TrainingLink",
    "TrainingMode",
    "TrainingObjective",
    "TrainingState",
    "UnavailableDays",
    "WebSession",
    "gave_week_back",
    "is_of_kind",
    "item_key",
]
