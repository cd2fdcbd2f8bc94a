"""Files that people hand in: kept whole or not at all, and handed out as they came or not at all."""

import io
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exchange.commands.doctor import files
from exchange.commands.doctor.findings import Finding, finding
from exchange.db import Database
from exchange.settings import Settings
from exchange.system.outages import Outage
from exchange.uploads.file_storage import forget_halves, store
from tests.contributions.conftest import AskedCycle
from tests.small_disk import everything_in, fill, small_disk


def send(asking: AskedCycle, *files: tuple[bytes, str]) -> tuple[int, str, str]:
    """Hand in files with a draft; status, Retry-After and page."""
    answer = asking.browser().post(
        asking.links["Anna Contact"],
        data=asking.typed("Anna Contact", do="attach")
        | {"files": [(io.BytesIO(content), name) for content, name in files]},
        content_type="multipart/form-data",
    )
    return answer.status_code, answer.headers.get("Retry-After", ""), answer.text


def test_who_hands_in_files_is_told_that_there_is_no_room_and_none_of_them_stays(
    asking: AskedCycle, settings: Settings, tmp_path: Path
) -> None:
    """The first of two stayed for ever, and no answer named it."""
    with small_disk(tmp_path / "disk", 1_000_000) as disk:
        here = asking.app.extensions["exchange"]
        there = settings.model_copy(update={"upload_dir": disk / "uploads"})
        asking.app.extensions["exchange"] = replace(here, settings=there)
        asking.app.config["PROPAGATE_EXCEPTIONS"] = False  # as outside of tests
        (disk / "uploads").mkdir()
        taken = fill(disk, leaving=40_000)
        files = (b"x" * 20_000, "small.txt"), (b"y" * 200_000, "large.txt")
        with capture_logs() as logs:
            status, retry_after, page = send(asking, *files)
        assert (status, retry_after, "no room left" in page) == (503, "10", True)
        told = [line["event"] for line in logs if line["event"] != "request answered"]
        assert told == [Outage.FULL.value]
        assert everything_in(disk / "uploads") == []
        taken.unlink()
        assert send(asking, *files)[0] == 303
        assert len(everything_in(disk / "uploads")) == 2


@pytest.mark.parametrize("content", [b"another text", b"", b"a plan of ours, and more"])
def test_a_damaged_file_is_refused_by_its_digest(
    asking: AskedCycle, settings: Settings, content: bytes
) -> None:
    """Whatever lay there under its name was served."""
    assert send(asking, (b"a plan of ours", "plan.txt"))[0] == 303
    browser, path = asking.browser(), asking.links["Anna Contact"]
    (link,) = re.findall(r'href="(/answer/\S+/files/\d+)"', browser.get(path).text)
    assert browser.get(link).data == b"a plan of ours"
    (stored,) = settings.uploads.iterdir()
    stored.write_bytes(content)
    with capture_logs() as logs:
        refused = browser.get(link)
    assert (refused.status_code, "was damaged" in refused.text) == (404, True)
    assert content not in refused.data or not content
    assert [one["attachment"] for one in logs if one["event"] == "file does not match its digest"] == [1]
    stored.write_bytes(b"a plan of ours")
    assert browser.get(link).data == b"a plan of ours"


def test_what_a_killed_process_had_begun_is_forgotten_after_a_day(tmp_path: Path) -> None:
    now = datetime(2027, 1, 11, 9, tzinfo=UTC)
    kept = store(tmp_path, b"whole")
    for name, hours in (("old.part", 25), ("new.part", 1)):
        (tmp_path / name).write_bytes(b"hal")
        at = (now - timedelta(hours=hours)).timestamp()
        os.utime(tmp_path / name, (at, at))
    os.utime(tmp_path / kept.stored_name, (0, 0))
    assert forget_halves(tmp_path, now - timedelta(days=1)) == 1
    assert everything_in(tmp_path) == sorted(["new.part", kept.stored_name])


def test_doctor_finds_files_that_are_damaged_missing_or_nobodys(
    asking: AskedCycle, database: Database, settings: Settings
) -> None:
    def look() -> Finding:
        return finding("", lambda: files.uploads(database, settings))

    assert (look().is_ok, look().words) == (True, "0 are as they came")
    assert send(asking, (b"one", "one.txt"), (b"two", "two.txt"))[0] == 303
    assert look().words == "2 are as they came"
    stray = store(settings.uploads, b"of a process that was killed")
    assert (look().is_warning, "1 more belong to no answer" in look().words) == (True, True)
    (settings.uploads / stray.stored_name).unlink()
    first, second = settings.uploads.iterdir()
    first.write_bytes(b"eno")
    second.unlink()
    assert (look().is_ok, "1 damaged and 1 missing of 2 (attachments 1, 2)" in look().words) == (False, True)
