"""Figures frozen into an annual report: as they were, for whom the report is for, and by whom."""

import io

import pytest
from flask.testing import FlaskClient
from pikepdf import Pdf
from sqlmodel import col, select

from exchange.db import Database
from exchange.models import AuditEntry, FrozenFigures, Product, ProductVersion
from tests.factories import make_city, make_training
from tests.figures.conftest import NOW, Sample
from tests.figures.pdf_ua import faults


def path_of(sample: Sample, ending: str = "") -> str:
    return f"/figures/reports/{sample.report.id}{ending}"


def freeze(client: FlaskClient, sample: Sample, version: str = "0") -> int:
    form = {"version": version}
    return client.post(path_of(sample, "/freeze"), data=form).status_code


def change(database: Database, sample: Sample, **values: object) -> None:
    with database.transaction() as session:
        report = session.get(Product, sample.report.id)
        assert report is not None
        for name, value in values.items():
            setattr(report, name, value)
        session.add(report)


def marked(database: Database, sample: Sample, marking: str) -> None:
    with database.transaction() as session:
        found = select(ProductVersion).where(ProductVersion.product_id == sample.report.id)
        version = session.exec(found).one()
        version.marking = marking
        session.add(version)


def publish(database: Database, sample: Sample, marking: str) -> None:
    marked(database, sample, marking)
    change(database, sample, published_at=NOW, published_number=1, published_marking=marking)


def test_the_button_names_the_year_and_freezes_its_figures(
    database: Database, coordinator: FlaskClient, sample: Sample
) -> None:
    page = coordinator.get(path_of(sample)).get_data(as_text=True)
    assert "Freeze the figures of 2027 into this report" in page
    assert "No figures are frozen into this report yet." in page
    assert freeze(coordinator, sample) == 303
    after = coordinator.get(path_of(sample)).get_data(as_text=True)
    assert "As of Monday 6 December 2027." in after
    assert "10 training events in 2027" in after
    assert "We <em>met</em> and practised." in after
    with database.reading() as session:
        last = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
        assert last is not None
        assert (last.action, last.subject) == ("freeze figures", f"product:{sample.report.id}")
        assert (last.after or {})["year"] == 2027


def test_frozen_figures_stay_when_the_year_changes(
    database: Database, coordinator: FlaskClient, sample: Sample
) -> None:
    freeze(coordinator, sample)
    with database.transaction() as session:
        make_training(session, host_city=make_city(session, "Lyon"), title="One more")
    assert "11 training events in 2027" in coordinator.get("/figures/2027").get_data(as_text=True)
    assert "10 training events in 2027" in coordinator.get(path_of(sample)).get_data(as_text=True)
    assert freeze(coordinator, sample, "1") == 303
    assert "11 training events in 2027" in coordinator.get(path_of(sample)).get_data(as_text=True)


def test_a_report_names_what_all_its_readers_may_know_of(coordinator: FlaskClient, sample: Sample) -> None:
    """It is TLP:GREEN, for the network; titles of exchanges at GREEN are for those who take part in them."""
    freeze(coordinator, sample)
    page = coordinator.get(path_of(sample)).get_data(as_text=True)
    assert "Annual conference of the network" in page  # TLP:CLEAR
    assert "Drone sighting over a full stadium" not in page
    assert "held too closely to be named here" in page
    assert "Communicating with the public" in page
    assert "After the table-top" not in page  # a report at AMBER
    assert "1 are in the register" in page  # the finding at GREEN
    assert "1 action was due in 2027" in page
    assert "Needs and their move" not in page  # the round is for boards


def test_a_report_whose_marking_is_lowered_shows_less(
    database: Database, coordinator: FlaskClient, client: FlaskClient, sample: Sample
) -> None:
    freeze(coordinator, sample)
    publish(database, sample, "TLP:CLEAR")
    page = client.get(path_of(sample)).get_data(as_text=True)
    assert "10 training events in 2027" in page
    assert "Annual conference of the network" in page
    for title in ("Who was there", "Who bears early and late hours", "Findings by city", "Actions"):
        assert f">{title}</h2>" not in page  # by city, for the network alone


def test_a_public_report_names_what_is_public(
    database: Database, coordinator: FlaskClient, client: FlaskClient, sample: Sample
) -> None:
    marked(database, sample, "TLP:CLEAR")
    freeze(coordinator, sample)
    publish(database, sample, "TLP:CLEAR")
    page = client.get(path_of(sample)).get_data(as_text=True)
    assert "Communicating with the public" in page
    assert "Annual conference of the network" in page
    assert "Drone sighting over a full stadium" not in page


def test_who_may_read_the_report_reads_its_figures(
    database: Database, coordinator: FlaskClient, contact: FlaskClient, client: FlaskClient, sample: Sample
) -> None:
    freeze(coordinator, sample)
    assert [one.get(path_of(sample)).status_code for one in (contact, client)] == [404, 404]
    publish(database, sample, "TLP:GREEN")
    assert [one.get(path_of(sample)).status_code for one in (contact, client)] == [200, 404]
    for ending in (".pdf", ".odt", ".html", ".csv"):
        assert [one.get(path_of(sample, ending)).status_code for one in (contact, client)] == [200, 404]
    assert "Freeze" not in contact.get(path_of(sample)).get_data(as_text=True)


def test_a_report_at_red_is_a_page_and_no_file(
    database: Database, coordinator: FlaskClient, sample: Sample
) -> None:
    freeze(coordinator, sample)
    with database.transaction() as session:
        found = select(ProductVersion).where(ProductVersion.product_id == sample.report.id)
        version = session.exec(found).one()
        version.marking, version.named_ids = "TLP:RED", [sample.coordinator.id or 0]
    page = coordinator.get(path_of(sample))
    assert page.status_code == 200
    assert "The same as a file" not in page.text
    files = [coordinator.get(path_of(sample, one)).status_code for one in (".pdf", ".odt", ".html", ".csv")]
    assert files == [409] * 4


@pytest.mark.parametrize("who", ["board", "contact"])
def test_only_who_plans_freezes(
    database: Database, request: pytest.FixtureRequest, coordinator: FlaskClient, sample: Sample, who: str
) -> None:
    reader: FlaskClient = request.getfixturevalue(who)
    form = {"version": "0"}
    assert reader.post(path_of(sample, "/freeze"), data=form).status_code == 403
    with database.reading() as session:
        assert session.exec(select(FrozenFigures)).first() is None


def test_a_report_of_no_year_says_so(database: Database, coordinator: FlaskClient, sample: Sample) -> None:
    change(database, sample, year=None)
    page = coordinator.get(path_of(sample)).get_data(as_text=True)
    assert "Say first of which year the report is." in page
    form = {"version": "0"}
    answer = coordinator.post(path_of(sample, "/freeze"), data=form)
    assert answer.status_code == 400
    assert "Say first of which year the report is, beside its kind." in answer.get_data(as_text=True)


def test_a_report_that_is_out_keeps_its_figures(
    database: Database, coordinator: FlaskClient, sample: Sample
) -> None:
    freeze(coordinator, sample)
    publish(database, sample, "TLP:GREEN")
    form = {"version": "1"}
    answer = coordinator.post(path_of(sample, "/freeze"), data=form)
    assert answer.status_code == 409
    assert "The report is out, and its figures stay as they are." in answer.get_data(as_text=True)


def test_the_second_of_two_windows_looks_first(coordinator: FlaskClient, sample: Sample) -> None:
    assert freeze(coordinator, sample) == 303
    assert freeze(coordinator, sample) == 409
    assert freeze(coordinator, sample, "²") == 409


def test_what_is_no_annual_report_has_no_such_page(
    database: Database, coordinator: FlaskClient, sample: Sample
) -> None:
    change(database, sample, kind="report")
    assert coordinator.get(path_of(sample)).status_code == 404
    form = {"version": "0"}
    assert coordinator.post(path_of(sample, "/freeze"), data=form).status_code == 404
    assert coordinator.get("/figures/reports/999999").status_code == 404


def test_the_page_of_the_report_leads_to_its_figures(coordinator: FlaskClient, sample: Sample) -> None:
    page = coordinator.get(f"/products/{sample.report.id}").get_data(as_text=True)
    assert f'href="{path_of(sample)}"' in page


def test_pdf_of_the_report_holds_prose_and_figures(coordinator: FlaskClient, sample: Sample) -> None:
    freeze(coordinator, sample)
    content = coordinator.get(path_of(sample, ".pdf")).data
    assert faults(content) == {}
    with Pdf.open(io.BytesIO(content)) as pdf, pdf.open_outline() as outline:
        assert [one.title for one in outline.root][:2] == ["What we did", "Exchanges"]
    page = coordinator.get(path_of(sample, ".html")).get_data(as_text=True)
    assert "<h2>What we did</h2>" in page
    assert "<li>with partners (https://example.org)</li><li>often</li></ul>" in "".join(
        line.strip() for line in page.splitlines()
    )
