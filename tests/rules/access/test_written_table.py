"""The page that says who may do what is the policy itself, written out."""

from exchange.rules.access.written_table import as_markdown
from exchange.settings import ROOT


def test_the_page_of_rights_is_the_table_as_it_stands() -> None:
    written = (ROOT / "docs/access.md").read_text(encoding="utf-8")
    assert written == as_markdown(), "The table has changed: make access"
