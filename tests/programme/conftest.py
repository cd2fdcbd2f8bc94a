"""The network of the tests of training events serves here, too."""

from tests.trainings.conftest import contact, coordinator, net

__all__ = ["contact", "coordinator", "net"]
