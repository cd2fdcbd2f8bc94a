"""Reading config/cycle.toml: a checked document becomes a StagePlan, or one sentence says what is wrong.

Not the opening of the file: the caller parses the TOML and names the file in its message.
"""

from collections.abc import Mapping

from exchange.rules.stage_plan import StagePlan


def read_stage_plan(document: Mapping[str, object]) -> StagePlan:
    """The plan that the document describes.

    Raises ConfigurationError naming the key ("stages[2].weeks") and what was expected of it.
    """
    raise NotImplementedError
