"""Answer calendar clients: validators, 304 and 410. Nothing is built for one request, nothing written.

Any Accept is answered: several clients send none, or one that names no calendar.
"""

from functools import lru_cache

from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date, is_resource_modified

from exchange.feeds.build import Head, Publisher, calendar_bytes
from exchange.feeds.served import ServedFeed
from exchange.settings import Settings

CALENDAR = "text/calendar; charset=utf-8"
FOR_ALL = "public, max-age=300"
FOR_ONE = "private, no-cache"  # kept by the client alone, and asked about each time
NOT_YET = "no-store"


class CalendarResponse(Response):
    """Repeats Last-Modified on a 304, for clients that revalidate by date alone (RFC 9110 15.4.5)."""

    def get_wsgi_headers(self, environ: dict[str, object]) -> Headers:
        """The headers as sent; the base class takes the date out of a 304."""
        headers = super().get_wsgi_headers(environ)
        if "Last-Modified" in self.headers:
            headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


def answer(feed: ServedFeed, settings: Settings) -> Response:
    """200 with the calendar or 304; 410 with an empty one when the address was revoked.

    An empty calendar clears what a client shows; a bare 404 would leave it there for ever.
    """
    if feed.is_revoked:
        return _empty(feed, settings, status=410, cache_control=FOR_ONE)
    if feed.published_at is None:
        return _empty(feed, settings, status=200, cache_control=NOT_YET)
    is_known = not is_resource_modified(request.environ, etag=feed.etag, last_modified=feed.published_at)
    response = CalendarResponse(b"" if is_known else feed.content, status=304 if is_known else 200)
    response.headers["ETag"] = feed.etag
    response.headers["Last-Modified"] = http_date(feed.published_at)
    return _described(response, feed, cache_control=FOR_ONE if feed.is_secret else FOR_ALL)


def _empty(feed: ServedFeed, settings: Settings, *, status: int, cache_control: str) -> Response:
    response = CalendarResponse(_empty_calendar(_nobodys(settings)), status=status)
    return _described(response, feed, cache_control=cache_control)


def _described(response: Response, feed: ServedFeed, *, cache_control: str) -> Response:
    response.headers["Content-Type"] = CALENDAR
    response.headers["Content-Disposition"] = f'inline; filename="{feed.file_name}"'
    response.headers["Cache-Control"] = cache_control
    return response


def _nobodys(settings: Settings) -> Head:
    """The head of a calendar that tells nothing of whose it was."""
    return Head(
        name=settings.network_short_name,
        description=settings.network_name,
        page_url=f"{settings.base_url}/feeds",
        time_zone=settings.network_time_zone,
        publisher=Publisher(settings.base_url, settings.network_name, ""),
    )


@lru_cache(maxsize=4)
def _empty_calendar(head: Head) -> bytes:
    return calendar_bytes(head, [])
