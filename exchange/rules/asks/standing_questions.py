"""The standing questions of config/asks.toml, put after those that an exchange begins with.

Asks that are there keep theirs. What other templates ask, templates_file.py reads.
"""

from collections.abc import Mapping
from dataclasses import replace

from exchange.rules.asks.templates_file import AskTemplate
from exchange.rules.programme.stage_plan import StagePlan


def with_standing(plan: StagePlan, templates: Mapping[str, AskTemplate]) -> StagePlan:
    """The plan, its asks followed by what their templates take; as it is where the file has none of them."""
    return replace(
        plan,
        asks=tuple(
            replace(rule, questions=(*rule.questions, *_of(templates.get(rule.kind.template))))
            for rule in plan.asks
        ),
    )


def _of(template: AskTemplate | None) -> tuple[str, ...]:
    return tuple(one.text for one in template.questions) if template else ()
