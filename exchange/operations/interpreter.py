"""Whether this Python is new enough not to have the known faults of its e-mail library.

It refuses nothing: what the product writes into headers is checked by itself (mail/wire/mime_message.py).
"""

import sys

# CVE-2024-6923, line breaks in headers; CVE-2023-27043, addresses read as others. The first release of each
# line with both mended; lines after the last have them from the start.
MENDED_IN = {(3, 11): (3, 11, 10), (3, 12): (3, 12, 6)}


def needed_release(release: tuple[int, int, int] | None = None) -> str | None:
    """The release to go to, as "3.11.10"; None when this one is mended."""
    present = release or sys.version_info[:3]
    mended = MENDED_IN.get(present[:2])
    return ".".join(map(str, mended)) if mended and present < mended else None
