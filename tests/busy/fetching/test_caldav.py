"""CalDAV: against a real Radicale, and answers that no honest server gives."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from exchange.busy.fetching import caldav
from exchange.busy.fetching.child import see
from exchange.busy.fetching.fetch_messages import CALDAV, Limits, LookFailed, Question, Source
from exchange.busy.fetching.http_fetch import Answer
from tests.busy.calendars import calendar, event
from tests.busy.server import Stranger
from tests.free_ports import free_port

FROM_AT = datetime(2026, 11, 17, tzinfo=UTC)
TO_AT = datetime(2028, 2, 17, tzinfo=UTC)


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[str]:
    """The address of a Radicale with the user ann."""
    (tmp_path / "users").write_text("ann:secret word\n")
    port = free_port()
    options = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(tmp_path / "users"),
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
        "storage-filesystem-folder": str(tmp_path / "data"),
    }
    command = [sys.executable, "-m", "radicale", "--config", ""]
    for name, value in options.items():
        command += [f"--{name}", value]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | {"HOME": str(tmp_path)})
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("Radicale did not start")


def asked(url: str, password: str = "secret word") -> Question:
    return Question(Source(CALDAV, url, "ann", password), FROM_AT, TO_AT, "Europe/Stockholm")


def test_a_collection_of_radicale_is_read(radicale: str, limits: Limits) -> None:
    auth = ("ann", "secret word")
    address = f"{radicale}/ann/duty/"
    made = requests.request("MKCALENDAR", address, auth=auth, timeout=10)
    assert made.status_code == 201
    assert see(asked(address), limits).intervals == []
    for uid, content in {
        "one": event(uid="one"),
        "weekly": event("20270112T090000", "20270112T100000", uid="weekly", more="RRULE:FREQ=WEEKLY;COUNT=3"),
        "past": event("20200112T090000", "20200112T100000", uid="past"),
        "free": event("20270114T090000", "20270114T100000", uid="free", more="TRANSP:TRANSPARENT"),
    }.items():
        put = requests.put(f"{address}{uid}.ics", data=calendar(content), auth=auth, timeout=10)
        assert put.status_code == 201
    seen = see(asked(address), limits)
    assert [one.starts_at.day for one in seen.intervals or ()] == [11, 12, 19, 26]
    with pytest.raises(LookFailed, match="401"):
        see(asked(address, password="wrong"), limits)
    with pytest.raises(LookFailed, match="404|403"):
        see(asked(f"{radicale}/ann/nothing/"), limits)


def test_a_file_given_as_a_collection_is_told(stranger: Stranger, limits: Limits) -> None:
    with pytest.raises(LookFailed, match="501|no CalDAV calendar|fault of its own"):
        see(asked(f"{stranger.url}/good.ics"), limits)
    with pytest.raises(LookFailed, match="no CalDAV calendar"):
        caldav.calendars_in(Answer(200, b"BEGIN:VCALENDAR"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no XML",
        b"<a><b></a>",
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    ],
)
def test_an_answer_that_is_no_honest_xml_is_refused(content: bytes) -> None:
    with pytest.raises(LookFailed, match="not what CalDAV says"):
        caldav.calendars_in(Answer(207, content))
