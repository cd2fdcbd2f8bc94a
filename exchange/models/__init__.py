"""All tables of Exchange, one file per noun. No behaviour beyond properties."""

from exchange.models.accounts import RateCount, SignInLink, SignInRequest, WebSession
from exchange.models.agreements import Agreement, AgreementParty, AgreementPayer
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
from exchange.models.boards import (
    BoardDecision,
    BoardMeeting,
    BoardPaper,
    DecisionTheme,
    PublicationStatus,
)
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
from exchange.models.figures import FrozenFigures
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
from exchange.models.lessons import Headway, Lesson, LessonKind, LessonProgress, LessonState
from exchange.models.letters import Letter, LetterState, is_of_kind
from exchange.models.links import PersonalLink
from exchange.models.measurements import Measurement
from exchange.models.money import CurrencyRate, MoneyLine, YearEnd
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
from exchange.models.notes import Note
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
from exchange.models.projects import (
    Deliverable,
    Project,
    ProjectPartner,
    ProjectProduct,
    ProjectSource,
    ProjectTheme,
    ProjectTraining,
)
from exchange.models.provider_accounts import ProviderAccount, ProviderAttempt
from exchange.models.requests import NetworkRequest, RequestEvent, RequestState
from exchange.models.rotation import Rotation, RotationKind, RotationState
from exchange.models.second_factors import Passkey, RecoveryCode, SecondFactor
from exchange.models.standing_documents import DocumentKind, StandingDocument
from exchange.models.themes import Theme
from exchange.models.trainings import (
    NOT_TRAINING,
    TrainingCity,
    TrainingEvent,
    TrainingGroup,
    TrainingKind,
    TrainingLink,
    TrainingMode,
    TrainingOrganisation,
    TrainingState,
)
from exchange.models.travel import Journeys, Transport
from exchange.models.wordings import LetterWording

__all__ = [
    "NOT_TRAINING",
    "SPEAKS_FOR_CITY",
    "UNFINISHED",
    "ActionState",
    "AddressChange",
    "Agreement",
    "AgreementParty",
    "AgreementPayer",
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
    "BoardDecision",
    "BoardMeeting",
    "BoardMember",
    "BoardPaper",
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
    "CurrencyRate",
    "Cycle",
    "CycleCity",
    "CycleGroup",
    "Decision",
    "DecisionTheme",
    "Deliverable",
    "DocumentKind",
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
    "FrozenFigures",
    "GroupMember",
    "HandledMail",
    "Headway",
    "ImprovementAction",
    "Invitation",
    "JobRun",
    "Journeys",
    "LadderChange",
    "Lesson",
    "LessonKind",
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
    "MoneyLine",
    "Need",
    "NeedEvent",
    "NeedState",
    "NeedsRound",
    "NeedsRoundCity",
    "NeedsRoundTheme",
    "NeedsShowing",
    "NetworkRequest",
    "Nomination",
    "NominationState",
    "Note",
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
    "Project",
    "ProjectPartner",
    "ProjectProduct",
    "ProjectSource",
    "ProjectTheme",
    "ProjectTraining",
    "ProviderAccount",
    "ProviderAttempt",
    "Publication",
    "PublicationStatus",
    "PublishedFeed",
    "QuietPeriod",
    "RateCount",
    "Rating",
    "RecoveryCode",
    "RefusedAddress",
    "RequestEvent",
    "RequestState",
    "ReviewComment",
    "Right",
    "RightsRequest",
    "Role",
    "Rotation",
    "RotationKind",
    "RotationState",
    "Round",
    "RoundState",
    "SecondFactor",
    "SignInLink",
    "SignInRequest",
    "Sitting",
    "Stage",
    "StandingDocument",
    "Subject",
    "Theme",
    "TrainingCity",
    "TrainingEvent",
    "TrainingGroup",
    "TrainingKind",
    "TrainingLink",
    "TrainingMode",
    "TrainingObjective",
    "TrainingOrganisation",
    "TrainingState",
    "Transport",
    "UnavailableDays",
    "WebSession",
    "YearEnd",
    "gave_week_back",
    "is_of_kind",
    "item_key",
]
