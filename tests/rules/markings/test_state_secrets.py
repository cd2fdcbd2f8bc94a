"""What claims to be a state secret is refused however it is dressed; the word in a sentence is none."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.rules.markings.state_secrets import claimed_secret, refuse_state_secrets

MARKED = [
    "Secret",
    "SECRET",
    "TOP SECRET",
    "Top  Secret.",
    "TOP-SECRET",
    "S E C R E T",
    "T O P   S E C R E T",
    "S.E.C.R.E.T.",
    "S_E_C_R_E_T",
    "ЅECRET",
    "ЅЕСRЕТ",
    "ΤΟΡ SECRET",
    "ＳＥＣＲＥＴ",
    "𝐒𝐄𝐂𝐑𝐄𝐓",
    "SE\u200bCRET",
    "SE\u00adCRET",
    "SÉCRÉT",
    "S&#69;CRET",
    "**SECRET**",
    "# SECRET",
    "> *TOP* SECRET",
    "- SECRET -",
    "*** SECRET *** SECRET ***",
    "| SECRET |",
    "SECRET page 3 of 7",
    "SECRET 3/7",
    "UK SECRET",
    "NATO SECRET",
    "COSMIC TOP SECRET",
    "SECRET - UK EYES ONLY",
    "Secret – UK Eyes Only",
    "SECRET UK EYES ONLY",
    "SECRET//NOFORN",
    "TOP SECRET // STRAP 2",
    "SECRET/ CROWN JEWELS",
    "SECRET: plans of the stadium",
    "[SECRET] Plans of the stadium",
    "[Secret] Plans of the stadium",
    "(TOP SECRET//SI) Plans of the stadium",
    "Plans of the stadium (SECRET)",
    "Classification: SECRET",
    "classification = secret",
    "Protective marking: Secret",
    "Security classification – TOP SECRET",
    "Marking: UK SECRET",
    "HEMLIG",
    "Hemlig",
    "KVALIFICERAT HEMLIG",
    "Kvalificerat hemlig",
    "H E M L I G",
    "НЕМLІG",
    "HEMLIG/TOP SECRET",
    "Säkerhetsskyddsklass: Hemlig",
    "Klassificering: KVALIFICERAT HEMLIG",
]
PROSE = [
    "secret",
    "NOT SECRET AT ALL",
    "A secret ballot was held.",
    "Secret ballot",
    "The Secret Service took part.",
    "Secret Service",
    "SECRET SERVICE BRIEFING",
    "The US Secret Service, part 2 of 3",
    "Trade secrets of the suppliers stay with them.",
    "TRADE SECRETS",
    "Secrets",
    "It is no secret that staff are few.",
    "The secret is to start early: ask the drivers first.",
    "Secret - how the plan was kept",
    "Our top secret was a good map.",
    "Top secrets of good exercises",
    "The secret: start early",
    "Do not put documents marked SECRET into Exchange.",
    "Information marked SECRET or TOP SECRET belongs on another system.",
    "Classification: secret ballots and open ones",
    "Protective marking: TLP:AMBER",
    "Marking: how secret is it?",
    "The ballot (secret, as always) was held.",
    "Secretary",
    "The secretariat met.",
    "SECRETARIAT - minutes",
    "Classification: SECRETARIAT",
    "s e c r e t a r y",
    "Det är hemligt.",
    "Hemliga rum",
    "Uppgiften är inte hemlig längre.",
    "HEMLIGA TJÄNSTEN",
    "Sekretess: enligt lag",
    "A plan and a map",
    "Official secrets act",
    "",
]


@pytest.mark.parametrize("line", MARKED)
def test_a_marking_is_seen_however_it_is_written(line: str) -> None:
    """'Secret', 'S E C R E T', 'ЅECRET' and 'Classification: SECRET' were taken."""
    assert claimed_secret(f"A first line.\n  {line}  \nA last line.")


@pytest.mark.parametrize("line", PROSE)
def test_the_word_in_a_sentence_or_a_name_is_no_marking(line: str) -> None:
    assert claimed_secret(f"A first line.\n{line}\nA last line.") is None


def test_the_refusal_names_the_marking_and_the_field() -> None:
    with pytest.raises(InvalidInput, match="marked TOP SECRET") as refusal:
        refuse_state_secrets("T O P  S E C R E T", field="text")
    assert refusal.value.field == "text"


@given(
    st.sampled_from(["SECRET", "TOP SECRET", "HEMLIG", "KVALIFICERAT HEMLIG"]),
    st.text(alphabet="*_#>-=~ .[](){}|\t", max_size=8),
    st.text(alphabet="*_#>-=~ .[](){}|\t", max_size=8),
)
def test_no_ornament_around_it_hides_a_marking(marking: str, before: str, after: str) -> None:
    assert claimed_secret(f"{before}{marking}{after}") == marking


PARTS = ["S ", "SECRET ", "[SECRET//", "TOP-", "UK ", "-", "[ ", "A.", "\ufdfa", "SECRET-", "|"]


@pytest.mark.parametrize("part", PARTS)
def test_no_text_takes_long_to_look_through(part: str) -> None:
    text = (part * (60_000 // len(part)))[:60_000]
    started = time.perf_counter()
    claimed_secret(text + "x")
    assert time.perf_counter() - started < 3
