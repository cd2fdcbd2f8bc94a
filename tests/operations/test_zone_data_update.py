"""Another release of the zone data, as docs/operations.md says: walls stay, instants move, feeds follow."""

import os
import shutil
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path

import pytest
import tzdata
from sqlmodel import col, select

from exchange.db import Database
from exchange.feeds.publishing.publish import publish_stale
from exchange.models import FeedComponent
from exchange.settings import ROOT, Settings
from tests.factories import make_city, make_training
from tests.hand_clock import HandClock

PUBLISH = """
import sys
from datetime import datetime
from exchange.db import Database
from exchange.feeds.publishing.publish import publish_stale
from exchange.rules.time.timezones import zone_data_version
from exchange.settings import load_settings
settings = load_settings()
database = Database(settings.database_url)
publish_stale(database, settings, datetime.fromisoformat(sys.argv[1]))
database.dispose()
print(zone_data_version())
"""


@pytest.fixture
def other_release(tmp_path: Path) -> Path:
    """A folder with the package as another release: Stockholm is three hours ahead of UTC all year."""
    source, target = Path(tzdata.__file__).parent, tmp_path / "site" / "tzdata"
    shutil.copytree(source, target)
    shutil.copy(source / "zoneinfo/Etc/GMT-3", target / "zoneinfo/Europe/Stockholm")
    words = (target / "__init__.py").read_text().replace(tzdata.IANA_VERSION, "2099z")
    (target / "__init__.py").write_text(words)
    return target.parent


def components(database: Database) -> list[tuple[datetime, bytes]]:
    with database.reading() as session:
        found = session.exec(select(FeedComponent).where(col(FeedComponent.time_zone) == "Europe/Stockholm"))
        return [(one.starts_at, one.content) for one in found]


@pytest.mark.slow
def test_event_keeps_its_hour_on_the_wall_and_every_feed_is_written_anew(
    database: Database, settings: Settings, clock: HandClock, other_release: Path
) -> None:
    with database.transaction() as session:
        stockholm = make_city(session, "Stockholm")
        make_training(session, host_city=stockholm, on_local=date(2027, 3, 11), starts_local=time(14))
    publish_stale(database, settings, clock())
    before = components(database)
    assert {at.hour for at, _ in before} == {13}
    clock.advance(minutes=1)
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, clock().isoformat()],
        cwd=ROOT,
        env=os.environ
        | {"PYTHONPATH": str(other_release), "EXCHANGE_DATABASE_URL": settings.database_url}
        | {"EXCHANGE_DATA_DIR": str(settings.data_dir), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "2099z\n"), done.stderr
    after = components(database)
    assert len(after) == len(before)
    assert {at.hour for at, _ in after} == {11}
    assert all(b"DTSTART;TZID=Europe/Stockholm:20270311T140000" in content for _, content in after)
