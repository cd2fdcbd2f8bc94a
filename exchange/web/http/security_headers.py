"""Security headers on every answer.

Nothing inline and nothing from elsewhere: the policy needs no exception.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from exchange.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
HSTS_SECONDS = 365 * 24 * 3600


def set_headers(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer of ``app``; a view's own Cache-Control stands."""
    is_https = urlsplit(settings.base_url).scheme == "https"

    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        # Addresses of letters and feeds hold secrets: they are told to nobody else.
        headers["Referrer-Policy"] = "same-origin"
        if is_https:
            headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}; includeSubDomains"
        # What a reader sees, and a form with its token, belongs to one browser.
        if (g.get("viewer") is not None or "csrf_token" in g) and request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add)
