"""Looks at what runs, and what it runs on: the clock, letters, the web, Python, zone data."""

import re
from datetime import date, timedelta
from importlib.metadata import version
from platform import python_version

import requests
from sqlalchemy import not_

from exchange.access.kept_back import kept_back_from
from exchange.clock import utc_now
from exchange.commands.data_dir import check_writable
from exchange.commands.doctor.findings import NotWell, Unwise
from exchange.db import Database
from exchange.health.tick_intervals import tick_seconds
from exchange.invitations.reply_mailbox import mailbox_for
from exchange.mail.outbox.delivery import transport_for
from exchange.mail.outbox.held_letters import count_held
from exchange.operations.interpreter import needed_release
from exchange.operations.metrics import oldest_due
from exchange.operations.queries import zone_data
from exchange.operations.readiness import late_words
from exchange.operations.tick_watch import TickWatch
from exchange.rules.access.standing import NOBODY
from exchange.settings import ROOT, Settings, read_toml
from exchange.uploads.virus_scan import check_scanner

ANSWER_SECONDS = 5  # a web process that takes longer is not well
OVERDUE = timedelta(
    minutes=15
)  # a letter that is due goes out in a minute; a mail server may be away for some


def python() -> str:
    """Old releases have faults in what reads and writes e-mail; what we write is checked by ourselves."""
    wanted = needed_release()
    if wanted is None:
        return python_version()
    raise Unwise(
        "%(version)s has known faults in reading e-mail (CVE-2023-27043, CVE-2024-6923);"
        " go to %(wanted)s or later",
        version=python_version(),
        wanted=wanted,
    )


def ticks(database: Database, settings: Settings) -> str:
    """When each job last ran."""
    with database.reading() as session:
        ages = TickWatch().ages(session, tick_seconds(settings), utc_now())
    ran = [one for one in ages if one.run is not None]
    if not ran:
        raise NotWell("no clock has run; start one: python -m jobs")
    late = [one for one in ages if one.is_late]
    if late:
        raise NotWell("%(jobs)s; does a clock run?", jobs=", ".join(map(late_words, late)))
    ahead = [one.job for one in ages if one.is_ahead]
    if ahead:
        raise NotWell("%(jobs)s ran at times that have not come: a clock is wrong", jobs=", ".join(ahead))
    failed = [f"{one.job} ({one.run.outcome})" for one in ran if one.run and one.has_failed]
    if failed:
        raise NotWell("%(jobs)s; the log says why", jobs=", ".join(failed))
    oldest = max(one.age.total_seconds() / one.seconds for one in ran if one.age is not None)
    return f"{len(ran)} jobs run, none later than {oldest:.1f} of its intervals"


def letters(database: Database) -> str:
    """Whether any that is due has waited for long, or is held since a restore."""
    now = utc_now()
    with database.reading() as session:
        due, held = oldest_due(session, now), count_held(session)
        kept = count_held(session, not_(kept_back_from(session, NOBODY).other_letters))
    if due is not None and now - due > OVERDUE:
        raise NotWell(
            "one has been due for %(minutes)s minutes; see Letters, and the mail server",
            minutes=int((now - due).total_seconds() / 60),
        )
    if held:
        raise Unwise(
            "%(held)s are held since a restore; Letters asks a coordinator which go; of those at TLP:RED"
            " (%(kept)s) it asks those who are named there; see also: python -m exchange held-letters",
            held=held,
            kept=kept,
        )
    return "none is overdue"


def zones() -> str:
    """The zone data, against what this version requires, and against the newest change that matters."""
    present, wanted = version("tzdata"), _required_zones()
    if _numbers(present) < _numbers(wanted):
        raise NotWell("%(present)s, and tzdata %(wanted)s is required", present=present, wanted=wanted)
    found = zone_data()
    if not found.is_current:
        raise NotWell("%(present)s: %(at)s in Vancouver for 05:00", present=present, at=found.vancouver_at)
    return found.version


def _required_zones() -> str:
    """The oldest release of tzdata that this version of Exchange may run on."""
    project = read_toml(ROOT / "pyproject.toml")["project"]
    return str(re.findall(r"tzdata>=([0-9.]+)", str(project))[0])


def _numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".") if part.isdigit()]


def sender(settings: Settings) -> str:
    """Who letters come from: replies to an address of documentation reach nobody."""
    domain = settings.mail_from.rpartition("@")[2].rstrip("> ").lower()
    if domain == "example.org" or domain.endswith(".example.org"):
        if settings.is_production:
            raise NotWell("%(sender)s is an example; set EXCHANGE_MAIL_FROM", sender=settings.mail_from)
        raise Unwise("%(sender)s is an example; set EXCHANGE_MAIL_FROM in time", sender=settings.mail_from)
    return settings.mail_from


def mail(settings: Settings) -> str:
    """Whether the mail server answers."""
    if settings.smtp_url is None:
        check_writable(settings.data_dir)
        return f"no mail server; letters go to {settings.mail_dir}"
    transport = transport_for(settings)
    try:
        transport.ready()
    finally:
        transport.close()
    return "the mail server answers"


def mailbox(settings: Settings) -> str:
    """Whether the mailbox opens."""
    box = mailbox_for(settings)
    if box is None:
        return "none is read; people answer invitations by links"
    box.read(None, since=date(2000, 1, 1), limit=0)
    return "the mailbox opens"


def scanner(settings: Settings) -> str:
    """Whether the virus scanner answers."""
    check_scanner(settings.clamd)
    return "answers"


def provider(settings: Settings) -> str:
    """Whether the identity provider answers."""
    # Here and not above: it needs packages that are installed only where it is used (extra sso).
    from exchange.accounts.provider.provider import IdentityProvider, return_address

    IdentityProvider(settings).check(utc_now())
    return f"answers; it must know {return_address(settings)} as ours"


def web(settings: Settings) -> str:
    """Whether a web process answers under the address that people use."""
    try:
        answer = requests.get(f"{settings.base_url}/healthz", timeout=ANSWER_SECONDS)
    except requests.RequestException as error:
        raise NotWell(
            "%(url)s does not answer (%(cause)s); is it started, and is EXCHANGE_BASE_URL right?",
            url=settings.base_url,
            cause=type(error).__name__,
        ) from error
    if answer.status_code != requests.codes.ok:
        raise NotWell("%(url)s/healthz answers %(status)s", url=settings.base_url, status=answer.status_code)
    return f"{settings.base_url} answers"
