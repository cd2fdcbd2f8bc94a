"""A plain Flask route that answers with a file's bytes and Flask's own conditional requests."""

import os
from pathlib import Path

from flask import Flask, Response, request

app = Flask("plain")
CONTENT = Path(os.environ.get("EXCHANGE_BENCH_FILE", os.devnull)).read_bytes()


@app.get("/feed.ics")
def feed() -> Response:
    """The file."""
    response = Response(CONTENT, mimetype="text/calendar")
    response.add_etag()
    return response.make_conditional(request)
