"""The privacy notice, for everybody."""

from flask import render_template, request

from exchange.personal_data.privacy_notice import FIRST, languages_of, notice_in, own_names
from exchange.personal_data.views.blueprint import blueprint
from exchange.web.access.permissions import public
from exchange.web.access.request_context import settings


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """Who is responsible, on what basis, what for, how long, and which rights people have."""
    there = languages_of(settings())
    wished = request.args.get("language", "")
    language = wished if wished in there else request.accept_languages.best_match(there) or FIRST
    return render_template(
        "personal_data/privacy.html",
        text=notice_in(language, settings()),
        language=language,
        own_names=own_names(there),
        others=[one for one in there if one != language],
    )
