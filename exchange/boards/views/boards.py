"""Boards with who sits on them, and one board with its meetings and decisions."""

from flask import render_template

from exchange.access.things import DIRECTORY
from exchange.answering.decisions import known_decisions
from exchange.boards import queries
from exchange.boards.views.blueprint import Page, blueprint, may_read
from exchange.errors import NotFound
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, may, reading, standing, today


@blueprint.get("/governance/boards")
@requires(Permission.SEE_PROGRAMME)
def boards() -> Page:
    """The boards, each with who holds a seat today."""
    with reading() as session:
        _check_directory()
        return render_template("boards/boards.html", boards=queries.boards(session), on=today())


@blueprint.get("/governance/boards/<int:board_id>")
@requires(Permission.SEE_PROGRAMME)
def show_board(board_id: int) -> Page:
    """One board: its seats of today and before, its meetings and decisions as far as the reader may know."""
    with reading() as session:
        _check_directory()
        board = queries.board_of(session, board_id)
        return render_template(
            "boards/show_board.html",
            board=board,
            on=today(),
            meetings=[one for one in queries.meetings_of(session, board) if may_read(one)],
            decisions=[one for one in known_decisions(session, standing()) if one.board_id == board.id],
            plans=may(Permission.PLAN_PROGRAMME),
            administers=may(Permission.ADMINISTER),
        )


def _check_directory() -> None:
    """Who sits where is a part of the directory of people."""
    if not allowed(Right.READ, DIRECTORY):
        raise NotFound("There is no such page.")
