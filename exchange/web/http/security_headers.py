"""Security headers on every answer.

Nothing inline and nothing from elsewhere: the policy needs no exception.
"""

from flask import Flask, Response, request

from exchange.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
HSTS_SECONDS = 365 * 24 * 3600


FORGET_ALL = '"cache", "storage"'  # the cookie has been emptied by then, and brings the word of goodbye
SIGN_OUT = "accounts.sign_out"


def headers_of_all(settings: Settings) -> list[tuple[str, str]]:
    """What every answer says, also one that is given in front of the application."""
    if not settings.is_https:
        return []
    return [("Strict-Transport-Security", f"max-age={HSTS_SECONDS}; includeSubDomains")]


def set_headers(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer of ``app``; a view's own Cache-Control stands."""
    of_all = headers_of_all(settings)

    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        # Addresses of letters and feeds hold secrets: they are told to nobody, not even to our own logs.
        headers["Referrer-Policy"] = "no-referrer"
        headers.extend(of_all)
        # Pages belong to one reader, or are reached by a secret address, or hold a form with its token.
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        if request.endpoint == SIGN_OUT and response.status_code == 303:
            headers["Clear-Site-Data"] = FORGET_ALL
        return response

    app.after_request(add)
