import pytest

from exchange.operations.interpreter import needed_release


@pytest.mark.parametrize(
    ("release", "wanted"),
    [
        ((3, 11, 7), "3.11.10"),
        ((3, 11, 10), None),
        ((3, 12, 5), "3.12.6"),
        ((3, 12, 6), None),
        ((3, 13, 0), None),
        ((3, 14, 2), None),
    ],
)
def test_a_python_with_known_faults_in_email_is_told_where_to_go(
    release: tuple[int, int, int], wanted: str | None
) -> None:
    assert needed_release(release) == wanted
