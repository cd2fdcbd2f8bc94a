"""Pages that begin a product and that say what stands beside its text; and the opening of its review."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.product_things import About, thing_of_draft
from exchange.access.things import thing_about
from exchange.errors import Conflict, Forbidden, InvalidInput, NotFound
from exchange.mail.schedule.recipients import load_roll
from exchange.models import Attachment, ProductKind
from exchange.products import actions, details, letters, queries, readers
from exchange.products.forms import (
    DetailsForm,
    FilesForm,
    NewProductForm,
    RecommendationsForm,
    ReviewForm,
    typed_details,
    typed_recommendations,
)
from exchange.products.views.blueprint import (
    ProductAccess,
    asked_id,
    blueprint,
    product_access,
    writer_access,
)
from exchange.rules.access.policy import Right
from exchange.rules.file_types import EXTENSIONS
from exchange.uploads.file_storage import Upload, delete
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.request_context import allowed, now, reading, settings, signed_in, today, transaction
from exchange.web.http.received_files import kept_with_their_rows, received_files, sent_file, sent_files
from exchange.web.http.upload_limits import takes_files
from exchange.web.presentation.base_form import BaseForm
from exchange.web.presentation.date_formats import sentence

Page = str | Response | tuple[str, int]
_NO_SUBJECT = "There is no such exchange or event, or it is not for you to see."


@blueprint.route("/products/new", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def new_product() -> Page:
    """Begin a product, of the exchange or event in the address, ``?cycle_id=3``, or of neither."""
    asked = {name: asked_id(name) for name in ("cycle_id", "training_id")}
    with reading() as session:
        about = _about(session, **asked)
    form = NewProductForm(data={"year": today().year, "kind": ProductKind.REPORT.value})
    form.offer()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = actions.begin_product(
                    session,
                    _about(session, **asked),
                    ProductKind(form.kind.data),
                    form.draft(),
                    year=form.year.data,
                    actor=signed_in().person,
                    now=now(),
                )
                product_id = made.id
        except InvalidInput as error:
            form.add_error(error)
        else:
            flash(_("It is begun. Nobody else hears of it until it is in review."))
            return redirect(url_for("products.product", product_id=product_id), 303)
    return render_template("products/new_product.html", form=form, about=about), 400 if form.errors else 200


@blueprint.route("/cycles/<int:cycle_id>/product/details", methods=["GET", "POST"])
@blueprint.route("/products/<int:product_id>/details", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def edit_details(cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """Kind, year, themes, whom it is for, and who is credited."""
    with reading() as session:
        access = writer_access(session, cycle_id, product_id)
        offered = queries.offered(session)
    is_for_some = access.about is None and access.plans
    form = DetailsForm(data=typed_details(access.existing_product))
    form.offer(offered)

    def save() -> None:
        draft, opened_on, actor = form.draft(is_for_some=is_for_some), form.opened_version, signed_in().person
        with transaction() as session:
            product = writer_access(session, **access.at).existing_product
            details.save_details(session, product, draft, opened_on, actor=actor, now=now())

    return _saved(access, form, save, "products/edit_details.html", is_for_some=is_for_some)


@blueprint.route("/cycles/<int:cycle_id>/product/recommendations", methods=["GET", "POST"])
@blueprint.route("/products/<int:product_id>/recommendations", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def edit_recommendations(cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """The numbered recommendations."""
    with reading() as session:
        access = writer_access(session, cycle_id, product_id)
        themes = queries.offered(session).themes
    form = RecommendationsForm(data=typed_recommendations(access.existing_product))
    form.offer(themes)

    def save() -> None:
        opened_on, actor = form.opened_version, signed_in().person
        with transaction() as session:
            product = writer_access(session, **access.at).existing_product
            details.save_recommendations(session, product, form.drafts(), opened_on, actor=actor, now=now())

    return _saved(access, form, save, "products/edit_recommendations.html")


@blueprint.route("/cycles/<int:cycle_id>/product/files", methods=["GET", "POST"])
@blueprint.route("/products/<int:product_id>/files", methods=["GET", "POST"])
@requires(Permission.ANSWER)
@takes_files
def edit_files(cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """The files of a product: added, or taken away by the button beside each."""
    with reading() as session:
        access = writer_access(session, cycle_id, product_id)
    form = FilesForm(data={"version": str(access.existing_product.versions[-1].number)})
    taken = request.form.get("remove", type=int)

    def save() -> None:
        uploads = [] if taken is not None else _received()
        opened_on, actor, gone = form.opened_version, signed_in().person, ""
        with kept_with_their_rows(uploads) as kept, transaction() as session:
            found = writer_access(session, **access.at)
            product = found.existing_product
            if taken is None:
                details.add_files(session, product, uploads, opened_on, actor=actor, now=now())
            else:
                file = _file_of(found, taken)
                gone = details.remove_file(session, product, file, opened_on, actor=actor, now=now())
            kept.may_be_saved = True
        if gone:
            delete(settings().uploads, gone)

    return _saved(
        access,
        form,
        save,
        "products/edit_files.html",
        kinds_of_files=", ".join(EXTENSIONS),
        most_mb=settings().upload_max_mb,
    )


@blueprint.get("/cycles/<int:cycle_id>/product/files/<int:attachment_id>")
@blueprint.get("/products/<int:product_id>/files/<int:attachment_id>")
@public
def product_file(attachment_id: int, cycle_id: int | None = None, product_id: int | None = None) -> Response:
    """A file, for whoever may read the product."""
    with reading() as session:
        return sent_file(_file_of(product_access(session, cycle_id, product_id), attachment_id))


@blueprint.route("/cycles/<int:cycle_id>/product/review", methods=["GET", "POST"])
@blueprint.route("/products/<int:product_id>/review", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def open_review(cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """Ask the cities, and reviewers named on it, to check the product; the page says who that is."""
    with reading() as session:
        access = writer_access(session, cycle_id, product_id)
        product = access.existing_product
        roll = load_roll(session, now().date())
        asked = [one.name for one in readers.reviewers_of(roll, product, access.about)]
    form = ReviewForm()
    if product.is_note:
        del form.due_on  # its stage says
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                found = writer_access(session, **access.at)
                opened = found.existing_product
                due_on = None if opened.is_note else form.due_on.data
                actions.open_review(
                    session, found.about, opened, due_on=due_on, actor=signed_in().person, now=now()
                )
                letters.ask_reviewers(session, opened, found.about, settings=settings(), now=now())
        except InvalidInput as error:
            form.add_error(error)
        except Conflict as error:
            if product.is_note:
                raise
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(
                _("It is in review. Reviewers get their letters as the stage plan says.")
                if product.is_note
                else _("It is in review. Letters to the reviewers are on their way.")
            )
            return redirect(access.page, 303)
    status = 400 if form.errors and status == 200 else status
    return render_template("products/open_review.html", access=access, form=form, asked=asked), status


def _about(session: Session, cycle_id: int | None, training_id: int | None) -> About:
    """What a product is begun for. Raises Forbidden for who does not write there.

    NotFound for who may not know of it, in the same words when there is no such exchange or event.
    """
    try:
        about = queries.about_with_ids(session, cycle_id, training_id)
    except NotFound as error:
        raise NotFound(_NO_SUBJECT) from error
    if allowed(Right.WRITE, thing_of_draft(about, None)):
        return about
    if about is not None and not allowed(Right.READ, thing_about(about)):
        raise NotFound(_NO_SUBJECT)
    raise Forbidden("Products are begun by coordinators, and by those who write for an exchange or event.")


def _saved(
    access: ProductAccess,
    form: BaseForm,
    save: Callable[[], None],
    template: str,
    **more: object,
) -> Page:
    """The page of a form, or what came of it: typed text stays where something is wrong."""
    status = 200
    if form.validate_on_submit():
        try:
            save()
        except InvalidInput as error:
            form.add_error(error)
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(_("Saved as a version of its own."))
            return redirect(access.page, 303)
    status = 400 if form.errors and status == 200 else status
    return render_template(template, access=access, form=form, **more), status


def _file_of(access: ProductAccess, attachment_id: int) -> Attachment:
    found = next((one for one in access.existing_product.files if one.id == attachment_id), None)
    if found is None:
        raise NotFound("There is no such file, or it is not for you to see.")
    return found


def _received() -> list[Upload]:
    if not sent_files():
        raise InvalidInput("Choose a file first.", field="files")
    return received_files()
