"""Whether a text claims to be a state secret: its marking standing as a marking, however it is written.

Not what the labels of the Traffic Light Protocol say (tlp_labels.py), nor what is secret in fact.
"""

import html
import re
import unicodedata

from exchange.errors import InvalidInput

# Letters of other scripts that look like the Latin ones of the words below.
_LOOKALIKES = str.maketrans(
    "АВЕЅІКМНОРСТХУԌѴԜᎪᏴᏟᎬᏀᎻᏦᏞᎷᏢᎡᏚᎢᏙΑΒΕΗΙΚΜΝΟΡΤΥΧϹавеѕікмнорстхуԍѵԝαεηικνορτυχϲʙᴄᴅᴇꜰɢʜɪᴋʟᴍɴᴏᴘʀꜱᴛᴠᴀ",
    "ABESIKMHOPCTXYGVWABCEGHKLMPRSTVABEHIKMNOPTYXCabesikmhopctxygvwaenikvoptuxcBCDEFGHIKLMNOPRSTVA",
)
_DRESS = re.compile(r"[*`~\\]+")  # of Markdown, which is not shown
_SPACED_OUT = re.compile(r"(?<![^\W_])(?:[^\W\d_][\s._\-·]{1,3}){3,}[^\W\d_](?![^\W_])")
_WORDS = r"(?:TOP[\W_]*)?SECRET|(?:KVALIFICERAT[\W_]*)?HEMLIG"
_OWNER = r"(?:(?:UK|US|EU|NATO|COSMIC|HM\s?GOVERNMENT)[\W_]*)*"
_MARKING = rf"{_OWNER}(?P<marking>{_WORDS})(?:[\W_]+(?:{_WORDS}))*"
_LABEL = (
    r"(?:(?:(?:SECURITY|DOCUMENT|INFORMATION|OVERALL)\s+)?CLASSIFICATION|(?:PROTECTIVE\s+)?MARKING"
    r"|KLASSNING|KLASSIFICERING|SEKRETESS|SAKERHETSSKYDDSKLASS|SAKERHETSKLASS)\s*[:=\-–—]+\s*"
)
_EDGE = r"[\W_]*"
_PAGE = r"[\W_]+(?:(?:PAGE|SIDA|P\.)\s*)?\d{1,4}(?:\s*(?:/|OF|AV)\s*\d{1,4})?"
_WHOSE_EYES = r"(?:(?:UK|US|AUS/CAN/NZ|FIVE)\s+)?EYES\s+ONLY"
_CAVEAT = rf"[\W_]+(?:{_WHOSE_EYES}|NOFORN|REL\s+TO\b.*|ATOMIC|STRAP\b.*|ORCON|PERSONAL)"
# Alone in its line with a capital, or behind a label in any case; before a stroke or dash in capitals only:
# "Secret - how it was kept" is a title.
_ALONE = re.compile(rf"{_EDGE}(?P<label>{_LABEL})?{_MARKING}(?:{_PAGE}|{_CAVEAT})?{_EDGE}", re.IGNORECASE)
_FOLLOWED = re.compile(rf"{_EDGE}(?i:{_LABEL})?{_MARKING}\s*(?://|:|\||\s[-–—]\s|[-–—]\s|/\s).*")
_IN_FRONT = re.compile(
    rf"{_EDGE}[\[(<{{|]\s*{_MARKING}(?:\s*//[^\])>}}|]{{0,200}})?\s*[\])>}}|].*", re.IGNORECASE
)
_BRACKETED = re.compile(rf".*?[\[({{|]\s*{_MARKING}(?:\s*//[^\])}}|]{{0,200}})?\s*[\])}}|].*")
_SHAPES = (_ALONE, _FOLLOWED, _IN_FRONT, _BRACKETED)


def claimed_secret(text: str) -> str | None:
    """The marking of a state secret with which a line of the text is marked, in capitals; None for none.

    Documents carry it alone in a line, behind a label ("Classification: SECRET"), before a stroke or dash
    of further instructions, or in brackets at a title. Within a sentence it is a word like any other.
    """
    for line in _plain(text).splitlines():
        shown = _SPACED_OUT.sub(_drawn_together, line)
        for shape in _SHAPES:
            found = shape.fullmatch(shown.strip())
            if found and not _is_a_word(found):
                words = re.findall(r"TOP|SECRET|KVALIFICERAT|HEMLIG", found["marking"].upper())
                return " ".join(words)
    return None


def _is_a_word(found: re.Match[str]) -> bool:
    """Whether it stands alone in small letters, as an answer of one word does."""
    return found.re is _ALONE and not found["label"] and found["marking"].islower()


def refuse_state_secrets(text: str, field: str | None = None) -> None:
    """Raise InvalidInput when a line of the text is marked as a state secret."""
    marking = claimed_secret(text)
    if marking:
        raise InvalidInput(
            "Information marked %(marking)s must not be put into Exchange."
            " Keep it on the system made for it.",
            field=field,
            marking=marking,
        )


def _plain(text: str) -> str:
    """The text in Latin letters without accents, entities, emphasis, or what nobody sees."""
    bare = unicodedata.normalize("NFKD", html.unescape(text))
    seen = "".join(c for c in bare if unicodedata.category(c) not in {"Cf", "Mn"})
    return _DRESS.sub("", seen.translate(_LOOKALIKES))


def _drawn_together(spaced: re.Match[str]) -> str:
    return re.sub(r"[\s._\-·]", "", spaced[0])
