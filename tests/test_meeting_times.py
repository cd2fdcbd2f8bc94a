"""Meetings as values over rows."""

from datetime import UTC, date, datetime, time

from exchange.meeting_times import ends_at
from exchange.models import TrainingEvent


def test_an_event_whose_hour_new_zone_rules_took_away_ends_all_the_same() -> None:
    """On a desk, in a calendar and in a preparation one such row must not stop all others."""
    training = TrainingEvent(
        on_local=date(2027, 3, 28), starts_local=time(2, 30), time_zone="Europe/Stockholm", minutes=60
    )
    assert ends_at(training) == datetime(2027, 3, 28, 2, 30, tzinfo=UTC)
