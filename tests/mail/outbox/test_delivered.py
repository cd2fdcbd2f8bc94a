"""What a run of delivery says of itself is what pages find in it: the words stand in one place."""

import pytest

from exchange.mail.outbox.delivered import Delivered, trouble_in


@pytest.mark.parametrize(
    ("done", "is_stopped"),
    [
        (Delivered(sent=3, unreachable="Connection refused"), False),
        (Delivered(sent=3, refused=9, stopped="550 5.1.1 no such user"), True),
        (Delivered(sent=3, refused=9, stopped="550 5.1.1 no such user", stopped_to="example.org"), True),
    ],
)
def test_page_finds_the_trouble_of_a_run_in_its_outcome(done: Delivered, is_stopped: bool) -> None:
    found = trouble_in(done.outcome)
    assert found
    assert found.is_stopped == is_stopped
    assert found.said.startswith("3 sent, ")
    assert found.said.endswith(done.unreachable or done.stopped)


def test_run_that_delivered_is_no_trouble() -> None:
    assert trouble_in(Delivered(sent=3, refused=1).outcome) is None
    assert trouble_in("") is None
