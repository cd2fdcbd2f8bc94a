"""What is done with actions: given to an owner, told of, verified; each with its audit entry."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from exchange.access.lesson_things import thing_of_action
from exchange.access.standings import standing_of
from exchange.audit import kept_text
from exchange.audit.markings import MARKING, record_marking
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.feeds.publishing.invalidation import hide_owed_about
from exchange.follow_up.followed import FollowedAction
from exchange.follow_up.progress import Decider, check_saved
from exchange.follow_up.queries import followed_actions
from exchange.lessons.actions import record, subject_of, take_back_letters
from exchange.lessons.drafts import ActionDraft, UpdateDraft, check_action, checked_update
from exchange.lifecycle import check_lowering
from exchange.models import ActionState, ImprovementAction, Lesson, Person
from exchange.rules.access.policy import Right, may
from exchange.rules.markings.tlp_labels import Marking, rank

_COLUMNS = ("text", "owner_id", "owner_city_id", "starts_on", "due_on", "theme_id", "cycle_id", "training_id")


def followed_action(session: Session, action_id: int, by: Decider, *, locks: bool = False) -> FollowedAction:
    """One action with who owes it now; locked until the transaction ends if asked. Raises NotFound."""
    number = col(ImprovementAction.id)
    if locks:
        session.exec(select(number).where(number == action_id).with_for_update()).first()
    found = followed_actions(session, number == action_id, by.now)
    if not found:
        raise NotFound("There is no such page, or it is not for you to see.")
    return found[0]


def claim_action(session: Session, action_id: int, *, version: int, by: Decider) -> FollowedAction:
    """The action, locked, as the sender of a form saw it. Raises NotFound, and Conflict if it was changed."""
    found = followed_action(session, action_id, by, locks=True)
    check_saved(found.action, version)
    return found


def add_action(
    session: Session, draft: ActionDraft, *, lesson: Lesson | None = None, by: Decider
) -> ImprovementAction:
    """A new action, of a finding or alone.

    Raises InvalidInput (see drafts), at "owner" for somebody who may not know of it.
    """
    check_action(draft)
    made = ImprovementAction(text="", due_on=draft.due_on, created_at=by.now, lesson=lesson)
    with session.no_autoflush:
        _fill(session, made, draft, by)
    session.add(made)
    record(session, made, "add action", by, after=_facts(made))
    return made


def edit_action(
    session: Session, found: FollowedAction, draft: ActionDraft, *, reason: str = "", by: Decider
) -> None:
    """Make the action what the draft says; a new owner is written to again. Raises as add_action does.

    The marking of one that stands alone falls only for a ``reason``.
    """
    one = found.action
    _check_is_unfinished(one)
    check_action(draft)
    if one.lesson is None:
        check_lowering(Marking(one.marking), draft.marking, reason)
    before = _facts(one)
    owned_by = (one.owner_id, one.owner_city_id)
    with session.no_autoflush:
        _fill(session, one, draft, by)
    after = _facts(one)
    if before == after:
        return
    if owned_by != (one.owner_id, one.owner_city_id):
        one.told_at = None
    one.version += 1
    take_back_letters(session)
    was, now = str(before.pop(MARKING)), str(after.pop(MARKING))
    if one.lesson is None and rank(Marking(now)) > rank(Marking(was)):
        hide_owed_about(session, subject_of(one))
    record_marking(session, subject_of(one), was, now, actor=by.actor, reason=reason, now=by.now)
    changed = {name for name in before if before[name] != after[name]}
    if not changed:
        session.flush()
        return
    old, new = ({name: facts[name] for name in sorted(changed)} for facts in (before, after))
    record(session, one, "edit action", by, old, new)


def update_action(session: Session, found: FollowedAction, draft: UpdateDraft, *, by: Decider) -> None:
    """What its owner says of it. Raises InvalidInput (see drafts), and Conflict for what was verified."""
    one = found.action
    if one.state == ActionState.VERIFIED:
        raise Conflict("This was verified, and stays so.")
    said = checked_update(draft)
    before = _said(one)
    one.state, one.note, one.evidence = said.state.value, said.note, said.evidence
    if said.state is not ActionState.DONE:
        one.done_at = None
    elif before["state"] != ActionState.DONE:
        one.done_at = by.now
    after = _said(one)
    if before == after:
        return
    one.version += 1
    take_back_letters(session)
    record(session, one, "tell of action", by, before, after)


def verify_action(session: Session, found: FollowedAction, *, by: Decider) -> None:
    """Somebody else than the owner has looked at what shows it.

    Raises Conflict for what is not done, and InvalidInput, field "verify", for its owner: the person, or
    anybody of the city that owns it.
    """
    one = found.action
    if one.state != ActionState.DONE or not one.evidence:
        raise Conflict("Only what is done, with something that shows it, can be verified.")
    if by.actor is None or is_owner(found, by.actor):
        raise InvalidInput("Somebody else than its owner verifies it.", field="verify")
    one.state = ActionState.VERIFIED.value
    one.verified_by_id, one.verified_at = by.actor.id, by.now
    one.version += 1
    before, after = {"state": ActionState.DONE.value}, {"state": one.state}
    record(session, one, "verify action", by, before, after)


def reopen_action(session: Session, found: FollowedAction, *, by: Decider) -> None:
    """What was done, verified or declined is owed again; its last note stays."""
    one = found.action
    if one.is_unfinished:
        raise Conflict("It is open already.")
    before = {"state": one.state}
    one.state, one.done_at, one.evidence = ActionState.OPEN.value, None, ""
    one.verified_by_id = one.verified_at = None
    one.version += 1
    record(session, one, "reopen action", by, before, {"state": one.state})


def is_owner(found: FollowedAction, person: Person) -> bool:
    """Whether the person owns it: themselves, or by the city that does or has taken it over."""
    if found.action.owner_id == person.id:
        return True
    owns_city = found.action.owner_id is None or found.left is not None
    return owns_city and person.city_id == found.city.id


def _check_is_unfinished(one: ImprovementAction) -> None:
    if not one.is_unfinished:
        raise Conflict("This is done or declined: open it again first.")


def _fill(session: Session, one: ImprovementAction, draft: ActionDraft, by: Decider) -> None:
    one.text = draft.text.strip()
    one.starts_on, one.due_on = draft.starts_on, draft.due_on
    if one.lesson is None:
        one.theme_id, one.marking = draft.theme_id, draft.marking.value
        one.cycle_id, one.training_id = draft.cycle_id, draft.training_id
    owner = _owner(session, draft.owner) if draft.owner.strip() else None
    one.owner, one.owner_id = owner, owner.id if owner else None
    one.owner_city_id = draft.owner_city_id
    if owner is not None:
        _check_may_know(session, one, owner, by)


def _owner(session: Session, address: str) -> Person:
    found = session.exec(
        select(Person).where(Person.email == address.strip().lower(), col(Person.is_active))
    ).first()
    if found is None:
        raise InvalidInput(
            "%(address)s is nobody's address here: name somebody who is in the network.",
            field="owner",
            address=address.strip()[:80],
        )
    return found


def _check_may_know(session: Session, one: ImprovementAction, owner: Person, by: Decider) -> None:
    standing = standing_of(session, owner, by.now)
    if not standing.is_in_network or not may(standing, Right.READ, thing_of_action(one)):
        raise InvalidInput(
            "%(name)s may not know of this by its marking, or is no longer of the network.",
            field="owner",
            name=owner.name,
        )


def _facts(one: ImprovementAction) -> dict[str, object]:
    """The action as the trail keeps it: people by number, of its text a digest."""
    facts: dict[str, object] = {name: getattr(one, name) for name in _COLUMNS}
    owner = f"person:{one.owner_id}" if one.owner_id else ""
    days = {name: str(facts[name] or "") for name in ("starts_on", "due_on")}
    return {**facts, **days, "text": kept_text(one.text), "owner_id": owner, MARKING: one.marking}


def _said(one: ImprovementAction) -> Mapping[str, object]:
    return {"state": one.state, "note": kept_text(one.note), "evidence": kept_text(one.evidence)}
