"""Whatever is recorded is told in words: no page of the trail shows a raw name."""

import re

from exchange.settings import ROOT
from exchange.trail.words import ACTIONS

_WRITTEN = re.compile(r'action="([a-z][^"{]*)"|Change\(\s*"([a-z][^"]*)"')


def test_every_action_that_is_recorded_has_words() -> None:
    found = {
        name
        for path in (ROOT / "exchange").rglob("*.py")
        for pair in _WRITTEN.findall(path.read_text(encoding="utf-8"))
        for name in pair
        if name
    }
    assert len(found) > 40
    assert sorted(found - ACTIONS.keys()) == []
