import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.models import TrainingKind, TrainingMode
from exchange.network.drafts import EntryDraft, checked_entry
from exchange.planner.files.json_fields import Fields
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.plain_text import is_one_line, is_some_text
from exchange.transfer.csv_file import ReadRow
from exchange.transfer.drafts import Names, Place, Usual, draft_of

REFUSED_ANYWHERE = [
    *map(chr, range(9)),
    "\x0b",
    "\x1f",
    "\x7f",
    "\x80",
    "\x9b",
    "\x9f",
    "\ud800",
    "\u2028",
    "\u2029",
]
REFUSED_IN_LINES = ["\t", "\n", "\r", "\u202a", "\u202e", "\u2066", "\u2069"]
NAMES = Names({"stockholm": Place(1, "Europe/Stockholm")}, {}, {}, 8)
USUAL = Usual("Stockholm", Marking.GREEN, TrainingKind.SEMINAR, TrainingMode.HYBRID)


@pytest.mark.parametrize("character", REFUSED_ANYWHERE)
def test_control_characters_stand_in_no_text(character: str) -> None:
    assert not is_one_line(f"a{character}b")
    assert not is_some_text(f"a{character}b")


@pytest.mark.parametrize("character", REFUSED_IN_LINES)
def test_a_line_holds_no_breaks_and_nothing_that_turns_it_around(character: str) -> None:
    assert not is_one_line(f"a{character}b")
    assert is_some_text(f"a{character}b")


@given(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]))
def test_letters_of_all_scripts_are_text(character: str) -> None:
    assert is_one_line(character)


@pytest.mark.parametrize("character", [*REFUSED_ANYWHERE, *REFUSED_IN_LINES])
def test_forms_files_and_imports_refuse_the_same_characters_in_a_title(character: str) -> None:
    """An import took U+007F and U+009B, which the form refuses."""
    title = f"a{character}b"
    cells = {"kind": "training", "date": "2027-06-07", "start": "14:00", "title": title}
    with pytest.raises(InvalidInput):
        draft_of(ReadRow(2, cells), NAMES, USUAL)
    with pytest.raises(InvalidInput):
        checked_entry(EntryDraft("K1", title))
    with pytest.raises(InvalidInput):
        Fields("", {"name": title}, ["name"]).text("name")
