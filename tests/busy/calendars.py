"""Calendars as strangers write them, good and bad, as bytes."""

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//Test//EN\r\n"

BROKEN_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Broken/Zone\r\nBEGIN:STANDARD\r\nDTSTART:nonsense\r\n"
    "TZOFFSETFROM:+9900\r\nTZOFFSETTO:oops\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
OWN_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Own/Zone\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def event(
    starts: str = "20270111T090000",
    ends: str = "20270111T100000",
    *,
    zone: str = ";TZID=Europe/Stockholm",
    more: str = "",
    uid: str = "one",
) -> str:
    """One VEVENT; ``zone`` holds the parameters of both times, ``more`` further lines."""
    lines = f"{more}\r\n" if more else ""
    return (
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART{zone}:{starts}\r\n"
        f"DTEND{zone}:{ends}\r\nSUMMARY:A secret title\r\n{lines}END:VEVENT\r\n"
    )


def calendar(*components: str) -> bytes:
    """A complete calendar."""
    return f"{HEAD}{''.join(components)}END:VCALENDAR\r\n".encode()


GOOD = calendar(event())
