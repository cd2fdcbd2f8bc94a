"""Secrets compared: nothing that is shown in their place breaks the comparison."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.accounts.totp import new_secret, step_of
from exchange.audit.keys import KeyRing
from exchange.tokens import is_same

ANY_TEXT = st.text(st.characters())  # lone surrogates too


@given(ANY_TEXT, ANY_TEXT)
def test_two_texts_are_the_same_when_they_are(right: str, shown: str) -> None:
    assert is_same("token", shown) is (shown == "token")
    assert is_same("token", "token")
    if not any("\ud800" <= letter <= "\udfff" for letter in right):
        assert is_same(right, shown) is (right == shown)


@pytest.mark.parametrize("typed", ["٣", "１２３４５６", "12345é", "\ud800", ""])
def test_what_is_no_code_is_a_wrong_code(typed: str) -> None:
    assert step_of(typed, new_secret(), datetime(2027, 3, 28, 1, tzinfo=UTC)) is None
    assert not KeyRing("one", {"one": b"k" * 32}).is_signed(typed, "one", b"message")
