"""Pages at full size, beside a bare Flask page that renders the same bytes: Flask, Jinja, and nothing else.

The bare page writes what ours did, a tag or a text at a time, as any template does at least. What counts is
the processor's time of this process; on PostgreSQL the database's is its own, so the wait is told beside.
"""

import gc
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from statistics import median

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlmodel import Session, col, select

from exchange.accounts.actions import make_sign_in_link
from exchange.app import create_app
from exchange.duties.configured import stage_plan_of
from exchange.feeds.publishing.publish import publish_stale
from exchange.mail.schedule import outlooks
from exchange.models import Person, PersonRole, Role
from exchange.settings import Settings
from exchange.web.access.request_context import Installation
from exchange.web.http.request_logs import configure_logs
from tests.bench.full_size import NOW, on_each_database
from tests.statements import counted

ROUNDS = 15
NOW_CYCLE = 41  # in the week in which answers are gathered
PAGES = {
    "home": "/",
    "a year": "/programme/2029",
    "letters that go out next": "/letters",
    "letters sent": "/letters/sent",
    "a cycle": f"/cycles/{NOW_CYCLE}",
    "its publication": f"/cycles/{NOW_CYCLE}/publish",
    "its rehearsal": f"/cycles/{NOW_CYCLE}/rehearsal",
    "its answers": f"/cycles/{NOW_CYCLE}/answers",
    "who holds it up": f"/cycles/{NOW_CYCLE}/silence",
    "training events": "/trainings",
    "an event": "/trainings/83",
    "cities": "/network/cities",
    "a city": "/network/cities/city-7",
    "people": "/network/people",
    "directory": "/directory",
    "groups": "/network/groups",
    "calendars": "/feeds",
    "status": "/status",
    "trail": "/audit",
    "roles": "/roles",
    "people's data": "/people/data",
    "library": "/library",
    "my desk": "/desk",
    "needs": "/needs",
    "results of a needs round": "/needs/rounds/2",
    "a need": "/needs/1",
    "findings": "/findings",
    "a finding": "/findings/1",
    "findings by city": "/findings/cities",
    "actions": "/actions",
    "who is late": "/desk/late",
    "themes": "/themes",
    "a theme": "/themes/3",
    "coverage": "/themes/coverage",
    "a city's year": "/network/cities/city-7/years/2028",
    "preparation of an event": "/trainings/90/preparation",
    "who was there": "/trainings/40/attendance",
    "governance": "/governance",
    "boards": "/governance/boards",
    "a board": "/governance/boards/1",
    "a board's meeting": "/governance/meetings/40",
    "decisions": "/governance/decisions",
    "a decision": "/governance/decisions/7",
    "money": "/money",
    "an agreement": "/money/agreements/2",
    "its lines": "/money/agreements/2/lines",
    "a payer's statement": "/money/parties/4/payers/1/2027/statement",
    "a payer's statement, PDF": "/money/parties/4/payers/1/2027/statement.pdf",
    "a new line": "/money/lines/new",
    "rotation": "/rotation",
    "projects": "/projects",
    "a project": "/projects/7",
    "requests": "/requests",
    "a request": "/requests/9",
    "notes": "/notes",
    "a note": "/notes/7",
    "travel": "/travel?year=2028",
    "standing documents": "/standing-documents",
    "a year in figures": "/figures/2028",
    "a year in figures, PDF": "/figures/2028.pdf",
    "export: people": "/export/people.csv",
    "export: letters": "/export/letters.csv",
    "export: cycles": "/export/cycles.csv",
    "export: as calendar": "/export/programme.ics",
}
_PIECE = re.compile(r"<[^>]*>|[^<]+")
_TEMPLATE = "{% for piece in pieces %}{{ piece }}{% endfor %}"


@dataclass
class Cost:
    """Median seconds of one page: processor, and on the wall."""

    cpu: float
    wall: float


def measure() -> None:
    """Print for each page: its cost, the bare page's, the ratio, the statements, the bytes."""
    configure_logs("CRITICAL")
    gc.disable()  # as timeit does: it would charge one page with what all of them left
    for name, settings in on_each_database():
        app = create_app(settings, now=lambda: NOW)
        installation: Installation = app.extensions["exchange"]
        publish_stale(installation.database, settings, NOW)
        _look_ahead(installation, settings)
        print(
            f"{name + ', pages':30} {'CPU':>9} {'bare':>9} {'ratio':>6} {'wall':>9} {'statements':>11} bytes"
        )
        clients = {
            "": signed_in(app, settings, Role.COORDINATOR, NOW),
            ", city lead": signed_in(app, settings, Role.CITY_LEAD, NOW),
            ", visitor": app.test_client(),
        }
        for page, path in PAGES.items():
            print(_row(page, path, clients[""], installation))
        for who in (", city lead", ", visitor"):
            print(_row(f"home{who}", "/", clients[who], installation))
        installation.database.dispose()


def _row(name: str, path: str, client: FlaskClient, installation: Installation) -> str:
    answer = client.get(path)
    if answer.status_code != 200:
        return f"  {name:28} answers {answer.status_code}"
    body = answer.data.decode(errors="replace")  # of a PDF nearly as many pieces as bytes
    with counted(installation.database) as statements:
        client.get(path).get_data()
    bare_client = _bare_page(body).test_client()
    rounds = ROUNDS if _spent(lambda: client.get(path).data).wall < 1 else 1
    both = [
        (_spent(lambda: client.get(path).data), _spent(lambda: bare_client.get("/").data))
        for _ in range(rounds)
    ]
    ours, bare = _middle([one for one, _ in both]), _middle([one for _, one in both])
    mark = "!" if ours.cpu > max(5 * bare.cpu, 0.010) else " "
    return (
        f"{mark} {name:28} {ours.cpu * 1000:6.1f} ms {bare.cpu * 1000:6.2f} ms {ours.cpu / bare.cpu:6.1f}"
        f" {ours.wall * 1000:6.1f} ms {len(statements):11} {len(body):,}"
    )


def _middle(spent: list[Cost]) -> Cost:
    return Cost(median(one.cpu for one in spent), median(one.wall for one in spent))


def _spent(action: Callable[[], object]) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    action()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


def _bare_page(body: str) -> Flask:
    bare = Flask("bare")
    pieces = [Markup(piece) if piece.startswith("<") else unescape(piece) for piece in _PIECE.findall(body)]
    bare.add_url_rule("/", view_func=lambda: render_template_string(_TEMPLATE, pieces=pieces))
    return bare


def _look_ahead(installation: Installation, settings: Settings) -> None:
    """What the clock knows of letters by the time anybody looks at a page."""
    plan = stage_plan_of(settings)
    with installation.database.transaction() as session:
        for item in outlooks.current(session, NOW):
            found = outlooks.look(session, item, plan=plan, now=NOW)
            if not found.due:
                outlooks.keep(session, found.outlook)


def signed_in(app: Flask, settings: Settings, role: Role, now: datetime) -> FlaskClient:
    """A browser of the first person with a role, signed in."""
    client = app.test_client()
    installation: Installation = app.extensions["exchange"]
    with installation.database.transaction() as session:
        link = make_sign_in_link(session, _person(session, role), settings=settings, now=now)
    app.config["WTF_CSRF_ENABLED"] = False
    assert client.post(link.removeprefix(settings.base_url)).status_code == 303
    client.get("/")  # leads to one's desk the first time
    return client


def _person(session: Session, role: Role) -> Person:
    holders = select(PersonRole.person_id).where(PersonRole.role == role)
    return session.exec(select(Person).where(col(Person.id).in_(holders)).order_by(col(Person.id))).first()  # type: ignore[return-value]  # the network has some
