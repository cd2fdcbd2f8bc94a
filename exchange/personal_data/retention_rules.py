"""config/retention.toml: how long personal data are kept. It deletes nothing."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path

from exchange.errors import ConfigurationError
from exchange.settings import read_toml

_MOST = 36_500  # a hundred years of days: more is a slip of the keyboard
DAYS_OF_MONTH = 30.4375  # on average; a span of years is not counted to the day


@dataclass(frozen=True)
class RetentionRules:
    """Spans after which something goes; the names say their unit."""

    needs_days: int
    letter_text_days: int
    letter_facts_months: int
    contact_review_months: int
    audit_years: int
    attendance_years: int
    money_years: int
    feedback_months: int
    requests_months: int

    def letter_texts_before(self, now: datetime) -> datetime:
        """Letters due before this lose their words."""
        return now - timedelta(days=self.letter_text_days)

    def letter_facts_before(self, now: datetime) -> datetime:
        """Letters due before this no longer say to whom they went."""
        return now - timedelta(days=self.letter_facts_months * DAYS_OF_MONTH)

    def attendance_before(self, now: datetime) -> datetime:
        """Who was at meetings before this is forgotten, the counts with it."""
        return now - timedelta(days=self.attendance_years * 12 * DAYS_OF_MONTH)

    def money_before(self, now: datetime) -> datetime:
        """Lines of money of before this go."""
        return now - timedelta(days=self.money_years * 12 * DAYS_OF_MONTH)

    def feedback_before(self, now: datetime) -> datetime:
        """Free texts of feedback that closed before this lose who wrote them."""
        return now - timedelta(days=self.feedback_months * DAYS_OF_MONTH)

    def requests_before(self, now: datetime) -> datetime:
        """Requests that ended before this lose who asked, and every word."""
        return now - timedelta(days=self.requests_months * DAYS_OF_MONTH)

    def review_before(self, now: datetime) -> datetime:
        """People without a sign since then are listed for review."""
        return now - timedelta(days=self.contact_review_months * DAYS_OF_MONTH)


def read_retention(path: Path) -> RetentionRules:
    """The rules of the file. Raises ConfigurationError with the key that is missing, unknown or wrong."""
    found = read_toml(path)
    names = [one.name for one in fields(RetentionRules)]
    for key in found:
        if key not in names:
            raise ConfigurationError("%(file)s: there is no rule %(key)s.", file=path, key=key)
    return RetentionRules(**{name: _number(found, name, path) for name in names})


def _number(found: dict[str, object], name: str, path: Path) -> int:
    value = found.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST:
        raise ConfigurationError(
            "%(file)s: %(key)s must be a whole number from 1 to %(most)s.", file=path, key=name, most=_MOST
        )
    return value
