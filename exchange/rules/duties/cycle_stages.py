"""What a thematic exchange owes: its stages, the answers it was promised, and its reviews, as duties.

Not who was asked and who has answered: the caller brings that, as rows have it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from exchange.rules.duties.duty import Duty, Owner, Role, Subject, Weight
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence


@dataclass(frozen=True)
class StageFacts:
    """One stage: ``done_at`` is when it was marked done, or when the meeting it holds was over."""

    key: str
    name: str
    owner: str
    starts_on: date
    due_on: date
    done_at: datetime | None


@dataclass(frozen=True)
class CycleFacts:
    """An exchange as what it owes sees it; dates of stages are on the wall of its lead city."""

    id: int
    title: str
    time_zone: str
    marking: Marking
    group_ids: tuple[int, ...]
    stages: tuple[StageFacts, ...]


@dataclass(frozen=True)
class Holder:
    """A person who was asked for something, by when, on their own wall."""

    person_id: int
    due_on: date
    time_zone: str


def stage_duties(cycle: CycleFacts) -> tuple[Duty, ...]:
    """The stages that coordinators and expert leads drive, one duty for each group of a stage.

    What cities and reviewers drive is owed answer by answer (answer_duty, review_duty), and actions are no
    duties yet. A stage of experts in an exchange without a group is the coordinators'.
    """
    return tuple(duty for stage in cycle.stages for duty in _of_stage(cycle, stage))


def answer_duty(
    cycle: CycleFacts, *, addressee_id: int, party: str, holder: Holder, answered_at: datetime | None
) -> Duty:
    """One person's answer for a city or a group, due when its last day ends on their own wall."""
    what = Sentence("Answer the questions for %(party)s", {"party": party})
    return _of_person(cycle, f"answer:{addressee_id}", what, holder, answered_at)


def review_duty(cycle: CycleFacts, holder: Holder, *, spoke_at: datetime | None) -> Duty:
    """One reviewer's word on the product; silence is no consent, so it stays owed until they speak."""
    return _of_person(cycle, f"review:{holder.person_id}", Sentence("Review the product"), holder, spoke_at)


def _of_person(cycle: CycleFacts, key: str, what: Sentence, holder: Holder, done_at: datetime | None) -> Duty:
    """What one person was asked for in the exchange, due when its last day ends on their own wall."""
    return Duty(
        key=f"cycle:{cycle.id}:{key}",
        what=what,
        subject=_subject(cycle),
        owner=Owner(Role.PERSON, holder.person_id),
        due_on=holder.due_on,
        time_zone=holder.time_zone,
        done_at=done_at,
        weight=Weight.MUST,
        marking=cycle.marking,
    )


def _of_stage(cycle: CycleFacts, stage: StageFacts) -> Iterator[Duty]:
    for owner in _owners(cycle, stage):
        suffix = f":{owner.id}" if owner.id is not None else ""
        yield Duty(
            key=f"cycle:{cycle.id}:{stage.key}{suffix}",
            what=Sentence("%(stage)s", {"stage": stage.name}),
            subject=_subject(cycle),
            owner=owner,
            due_on=stage.due_on,
            time_zone=cycle.time_zone,
            starts_on=stage.starts_on,
            done_at=stage.done_at,
            marking=cycle.marking,
        )


def _owners(cycle: CycleFacts, stage: StageFacts) -> Iterable[Owner]:
    if stage.owner == "expert_lead" and cycle.group_ids:
        return [Owner(Role.GROUP_CHAIR, group_id) for group_id in cycle.group_ids]
    return [Owner(Role.COORDINATOR)] if stage.owner in {"coordinator", "expert_lead"} else []


def _subject(cycle: CycleFacts) -> Subject:
    return Subject("cycle", cycle.id, cycle.title)
