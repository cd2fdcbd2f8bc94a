"""The event of the tests of attendance, with its people and answers."""

from tests.attendance.conftest import event

__all__ = ["event"]
