"""Pages of wordings: the list, and one letter with its placeholders, its preview and its history."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.things import thing_of_cycle
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.eager_loading import cycle_with_readers
from exchange.mail.writing.custom_wording import Wordings
from exchange.mail.writing.rehearsal import tried_letter
from exchange.mail.writing.transactional_letters import TransactionalLetter
from exchange.models import Cycle, Person
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    now,
    reading,
    settings,
    signed_in,
    stage_plan,
    transaction,
)
from exchange.web.http.id_numbers import clamped
from exchange.web.presentation.date_formats import sentence
from exchange.wordings import actions, queries
from exchange.wordings.available_placeholders import is_per_cycle, is_transactional, offered, rules_of
from exchange.wordings.drafts import Scope
from exchange.wordings.example_letters import Example, one_for_each, planned_examples
from exchange.wordings.forms import WordingForm
from exchange.wordings.hypothetical_letters import hypothetical_letter
from exchange.wordings.recent_letters import recent_examples
from exchange.wordings.trial import Trial

blueprint = Blueprint("wordings", __name__)

Answer = tuple[str, int] | Response
READERS_MAX = 20  # of the last letters of a kind


@blueprint.get("/letters/wordings")
@requires(Permission.WRITE_LETTERS)
def wordings() -> str:
    """Every letter and how it is worded; ``?cycle=`` for one cycle."""
    with reading() as session:
        cycle = _asked_cycle(session)
        return render_template(
            "wordings/wordings.html",
            letters=queries.worded_letters(session, stage_plan(), cycle.id if cycle else None),
            cycle=cycle,
            cycles=queries.cycles_to_word(session),
        )


@blueprint.route("/letters/wordings/<key>", methods=["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def edit_wording(key: str) -> Answer:
    """One letter: "Preview" changes nothing, "Save" keeps a version, "Send this to me" mails a trial."""
    with reading() as session:
        scope, cycle = _asked_scope(session, key)
        examples, is_supposed = _examples(session, scope)
        in_force, last = queries.wording_in_force(session, scope), queries.last_version(session, scope)
        versions = queries.versions_of(session, scope)
    opened = str(last.number if last else 0)
    form = WordingForm(data={"subject": in_force.subject, "body": in_force.body, "opened": opened})
    form.offer(examples)
    status = 200
    if form.is_submitted():
        done, status = _answer(scope, form, examples)
        if done is not None:
            return done
        if status == 409:
            form.opened.data = opened  # the next attempt replaces what is there now, which the page shows
    shown = form.chosen(examples) if not form.check_placeholders(scope) else None
    page = render_template(
        "wordings/edit_wording.html",
        form=form,
        scope=scope,
        cycle=cycle,
        offered=offered(scope.rule),
        versions=versions,
        is_worded=last is not None and not last.is_default,
        shown=shown,
        is_transactional=is_transactional(scope.rule),
        is_per_cycle=is_per_cycle(scope.rule),
        is_supposed=is_supposed,
        letter=_written(scope, form, shown) if shown else None,
    )
    return page, status


def _answer(scope: Scope, form: WordingForm, examples: list[Example]) -> tuple[Response | None, int]:
    """What the pressed button did; without an answer of its own the page is shown again."""
    action = next((name for name in _ACTIONS if name in request.form), "preview")
    if action != "default" and not form.is_right(scope):
        return None, 400
    try:
        return (_ACTIONS[action](scope, form, examples) if action in _ACTIONS else None), 200
    except InvalidInput as error:
        form.add_error(error)
        return None, 400
    except Conflict as error:
        form.form_errors.append(sentence(error))
        return None, 409


def _save(scope: Scope, form: WordingForm, _examples: list[Example]) -> Response:
    with transaction() as session:
        count = actions.save_wording(
            session,
            scope,
            form.edited(),
            opened=form.opened_number(),
            actor=signed_in().person,
            now=now(),
        )
    flash(_("The wording is saved.") + _taken_back(count))
    return _back(scope)


def _default(scope: Scope, form: WordingForm, _examples: list[Example]) -> Response:
    with transaction() as session:
        count = actions.back_to_default(
            session, scope, opened=form.opened_number(), actor=signed_in().person, now=now()
        )
    flash(_("The letter reads as before it was worded here.") + _taken_back(count))
    return _back(scope)


def _send(scope: Scope, form: WordingForm, examples: list[Example]) -> Response | None:
    chosen = form.chosen(examples)
    if chosen is None:
        raise InvalidInput("Nobody gets this letter yet, so there is none to send.")
    with transaction() as session:
        letter = _written(scope, form, chosen)
        actions.send_trial(session, letter, actor=signed_in().person, key=scope.rule.key, now=now())
    flash(_("It is on its way to %(address)s. Nothing was saved.", address=signed_in().person.email))
    return None


_ACTIONS = {"save": _save, "default": _default, "send": _send}


def _examples(session: Session, scope: Scope) -> tuple[list[Example], bool]:
    """Letters to try a wording on, and whether they are hypothetical: no action has called for one yet."""
    if not is_transactional(scope.rule):
        return planned_examples(session, scope, plan=stage_plan(), now=now()), False
    me = session.get_one(Person, signed_in().person.id)
    trial = Trial(session, scope, stage_plan(), settings(), me, now())
    if found := one_for_each(recent_examples(trial), READERS_MAX):
        return found, False
    supposed = hypothetical_letter(trial)
    return ([supposed] if supposed else []), True


def _written(scope: Scope, form: WordingForm, example: Example) -> ComposedLetter:
    """The letter to one reader in the words of the form."""
    letter = example.letter
    if isinstance(letter, TransactionalLetter):
        return letter.written(settings(), Wordings({(letter.key, letter.cycle_id): form.edited()}))
    typed = Wordings({(scope.rule.key, letter.cycle.id if letter.cycle else None): form.edited()})
    return tried_letter(letter, plan=stage_plan(), settings=settings(), wordings=typed)


def _taken_back(count: int) -> str:
    if not count:
        return ""
    said: str = ngettext(
        "%(num)d letter that waited is written anew.", "%(num)d letters that waited are written anew.", count
    )
    return f" {said}"


def _back(scope: Scope) -> Response:
    place = url_for("wordings.edit_wording", key=scope.rule.key, cycle=scope.cycle_id)
    return redirect(place, 303)


def _asked_scope(session: Session, key: str) -> tuple[Scope, Cycle | None]:
    rule = rules_of(stage_plan()).get(key)
    if rule is None:
        raise NotFound("The plan has no such letter.")
    cycle = _asked_cycle(session)
    if cycle and not is_per_cycle(rule):
        raise NotFound("This letter is no cycle's own: it is worded for all.")
    return Scope(rule, cycle.id if cycle else None), cycle


def _asked_cycle(session: Session) -> Cycle | None:
    asked = request.args.get("cycle")
    if not asked:
        return None
    cycle_id = clamped(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 12 else None
    cycle = cycle_with_readers(session, cycle_id or 0)
    # The guard in front of all views knows the ids in an address, and not those behind its question mark.
    if not allowed(Right.CHANGE, thing_of_cycle(cycle)):
        raise NotFound("There is no such cycle.")
    return cycle
