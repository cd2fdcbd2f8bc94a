"""The pages of answers: behind the link of a letter, and for people who are signed in.

They save nothing by themselves: actions does.
"""

from exchange.contributions.views import asks, cycle_answers, delegation, notes_export, own_answer, own_tasks
from exchange.contributions.views.blueprint import blueprint

__all__ = ["asks", "blueprint", "cycle_answers", "delegation", "notes_export", "own_answer", "own_tasks"]
