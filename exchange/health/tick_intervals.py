"""How often each job of the clock runs: what fires them goes by it, and what asks whether they are late.

What the jobs do stands in the package jobs, which nothing else may import.
"""

from exchange.settings import Settings


def tick_seconds(settings: Settings) -> dict[str, int]:
    """The seconds between two slots of each job by its name; a mailbox is read only where there is one.

    Backups are made only where there is a folder for them.
    """
    reading = {"read_mailbox": 60} if settings.imap_url else {}
    backing_up = {"back_up": 24 * 3600} if settings.backup_dir else {}
    return {
        "answer_sign_ins": 2,
        "free_stuck": max(1, settings.stuck_seconds // 2),
        "publish_feeds": 15,
        "queue_reminders": 60,
        "remind_of_duties": 60,
        "send_digests": 3600,
        "tell_boards": 60,
        "tell_changes": 60,
        "tell_owners": 600,
        "tell_planners": 60,
        "note_silence": 3600,
        "keep_house": 600,
        "deliver_mail": settings.deliver_seconds,
        "keep_trail": 30,
        "fetch_busy": 60,
        "solve_plans": 5,
        "apply_retention": 24 * 3600,
        **reading,
        **backing_up,
    }
