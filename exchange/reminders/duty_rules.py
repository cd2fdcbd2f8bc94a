"""What letters about duties go by in this installation, out of its files."""

from exchange.duties.configured import profiles_of
from exchange.duties.listed import Plans
from exchange.duties.sources import KINDS
from exchange.reminders.duty_letters import Rules
from exchange.rules.duties.duty_letters import read_duty_letters
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings, read_toml


def duty_rules(settings: Settings, plan: StagePlan) -> Rules:
    """Those of config/duties.toml and config/training.toml. Raises ConfigurationError."""
    letters = read_duty_letters(read_toml(settings.duties_file), KINDS)
    return Rules(Plans(plan, profiles_of(settings)), letters, plan.send_at)
