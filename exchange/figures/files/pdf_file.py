"""The document as PDF/UA-1, set by typst in a process of its own: no memory of it stays in the web.

Values go in as JSON, never as markup; the form is templates/pdf/figures.typ, and typst refuses to write what
PDF/UA forbids, such as a picture without an alternative.
"""

import json
import subprocess
import sys
from dataclasses import asdict
from threading import BoundedSemaphore

import structlog

from exchange.errors import Conflict
from exchange.figures.files.document import Document, printable
from exchange.figures.files.svg_file import svg_of
from exchange.settings import ROOT

SECONDS_MOST = 30  # a document of a full-size network takes about one
WAIT_MOST = (
    1  # seconds for a place: whoever waits holds a thread of the web, and anybody may ask for a report
)
AT_ONCE = 2  # of one process of the web, some hundred megabytes each
_places = BoundedSemaphore(AT_ONCE)
log = structlog.get_logger()


def pdf_of(document: Document) -> bytes:
    """The file. Raises Conflict where it cannot be made now; the other files hold the same."""
    order = json.dumps(_plain(printable(document))).encode()
    if not _places.acquire(timeout=WAIT_MOST):
        raise Conflict("Other PDF files are being made. Ask again in a minute.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "exchange.figures.files.typesetting"],
            cwd=ROOT,
            input=order,
            capture_output=True,
            timeout=SECONDS_MOST,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or b""
        log.error("no PDF was made", error=type(error).__name__, said=said.decode(errors="replace")[-500:])
        raise Conflict(
            "The PDF file could not be made: the fault is in the log. HTML and OpenDocument hold the same."
        ) from error
    finally:
        _places.release()
    return done.stdout


def _plain(document: Document) -> dict[str, object]:
    return {
        "title": document.title,
        "language": document.language,
        "network": document.network,
        "as_of": document.as_of,
        "marking": document.marking,
        "prose": [asdict(one) for one in document.prose],
        "sections": [
            {
                "title": one.title,
                "sentence": one.sentence,
                "note": one.note,
                "columns": one.columns,
                "rows": one.rows,
                "numbers": sorted(one.numbers),
                "charts": [
                    {"title": chart.title, "words": chart.in_words, "svg": svg_of(chart)}
                    for chart in one.charts
                ],
            }
            for one in document.sections
        ],
    }
