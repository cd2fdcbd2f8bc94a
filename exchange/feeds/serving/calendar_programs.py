"""Which kind of program asks, by its User-Agent. A guess to tell people by, nothing to act on.

What stands in the header is whatever its sender likes: it is read to a bound, never kept, never shown.
"""

from functools import lru_cache

from exchange.models import CalendarProgram

LONGEST = 400  # characters that are read: an old Outlook lists its parts for 300 before its name
_KNOWN = 256  # headers remembered; a network's programs send a few dozen

# The first that is found names it, in small letters: many say "Mozilla" before their own name.
_WORDS = (
    ("google-calendar-importer", CalendarProgram.GOOGLE),
    ("microsoft.exchange", CalendarProgram.OUTLOOK),  # Exchange Online: Outlook on the web, the new Outlook
    ("outlook", CalendarProgram.OUTLOOK),  # "Microsoft Office/16.0 (...; Microsoft Outlook 16.0...)"
    ("microsoft office/", CalendarProgram.OUTLOOK),
    ("ms-office", CalendarProgram.OUTLOOK),  # "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"
    ("microsoft flow", CalendarProgram.AUTOMATION),
    ("azure-logic-apps", CalendarProgram.AUTOMATION),
    ("powerautomate", CalendarProgram.AUTOMATION),
    ("powerapps", CalendarProgram.AUTOMATION),
    ("dataaccessd", CalendarProgram.APPLE),  # iOS: "iOS/17.0 (21A329) dataaccessd/1.0"
    ("calendaragent", CalendarProgram.APPLE),  # macOS: "macOS/14.0 (23A344) CalendarAgent/958"
    ("calendarstore", CalendarProgram.APPLE),  # Mac OS X 10.6 and 10.7
    ("icsx5", CalendarProgram.ANDROID),
    ("davx5", CalendarProgram.ANDROID),
    ("thunderbird", CalendarProgram.THUNDERBIRD),
    ("nextcloud", CalendarProgram.NEXTCLOUD),  # "Nextcloud Webcal Service", "Nextcloud-Server-Crawler/..."
    ("evolution/", CalendarProgram.LINUX),
    ("akonadi", CalendarProgram.LINUX),  # KDE, behind "Mozilla/5.0 (X11; Linux x86_64) KIO/5.86"
    ("vdirsyncer/", CalendarProgram.COMMAND_LINE),
    ("curl/", CalendarProgram.COMMAND_LINE),
    ("wget/", CalendarProgram.COMMAND_LINE),
    ("firefox/", CalendarProgram.BROWSER),
    ("chrome/", CalendarProgram.BROWSER),
    ("safari/", CalendarProgram.BROWSER),
)


def program_of(user_agent: str) -> str:
    """The CalendarProgram that sends this header, by its value; "other" when none is known, and for none."""
    return _program_of(user_agent[:LONGEST])


@lru_cache(maxsize=_KNOWN)
def _program_of(user_agent: str) -> str:
    said = user_agent.lower()
    return next((program for word, program in _WORDS if word in said), CalendarProgram.OTHER).value
