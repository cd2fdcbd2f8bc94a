"""A browser's description of itself, put so that its owner recognises it. A guess, not a fact to act on."""

# The first word found names it: most browsers also claim to be Chrome or Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(description: str) -> str:
    """ "Firefox, Windows" of a User-Agent header; "" when nothing in it is known."""
    names = (_first(_BROWSERS, description), _first(_SYSTEMS, description))
    return ", ".join(name for name in names if name)


def _first(known: tuple[tuple[str, str], ...], description: str) -> str:
    return next((name for word, name in known if word in description), "")
