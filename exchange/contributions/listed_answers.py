"""The answers of a cycle as a list names them: whose each is and who may read it, nothing that it says."""

from sqlalchemy.orm import joinedload, load_only, selectinload
from sqlmodel import Session

from exchange.answering.answer_status import party_name
from exchange.contributions.queries import handed_in_for
from exchange.models import AskParty, City, Contribution, ContributionVersion, ExpertGroup, Person

_PARTY_IN_LIST = selectinload(Contribution.party)  # type: ignore[arg-type]  # SQLModel types relations as their values
_OF_A_LIST = (
    load_only(Contribution.party_id, Contribution.addressee_id),  # type: ignore[arg-type]  # as above, and columns
    joinedload(Contribution.author).load_only(Person.name),  # type: ignore[arg-type]  # as above
    _PARTY_IN_LIST.joinedload(AskParty.city).load_only(City.name),  # type: ignore[arg-type]  # as above
    _PARTY_IN_LIST.joinedload(AskParty.group).load_only(ExpertGroup.name),  # type: ignore[arg-type]  # as above
    _PARTY_IN_LIST.selectinload(AskParty.addressees),  # type: ignore[arg-type]  # as above
    selectinload(Contribution.versions).load_only(  # type: ignore[arg-type]  # as above
        ContributionVersion.number,  # type: ignore[arg-type]  # as above
        ContributionVersion.submitted_at,  # type: ignore[arg-type]  # as above
        ContributionVersion.marking,  # type: ignore[arg-type]  # as above
        ContributionVersion.group_ids,  # type: ignore[arg-type]  # as above
        ContributionVersion.named_ids,  # type: ignore[arg-type]  # as above
    ),
)


def listed_answers(session: Session, cycle_id: int) -> list[Contribution]:
    """All that were handed in, cities first."""
    return list(session.exec(handed_in_for(cycle_id).options(*_OF_A_LIST)))


def names_in_list(answer: Contribution) -> tuple[str, str]:
    """The city or group, and who of a group it is by; "" where the answer is the city's."""
    return party_name(answer.party), answer.author.name if answer.addressee_id else ""
