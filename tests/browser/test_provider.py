"""Signing in at an identity provider in a real browser, under the policy that forbids forms to leave."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import Browser, expect
from sqlmodel import select

from exchange.models import Person, PersonRole, Role
from tests.accounts.identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from tests.browser.conftest import TODAY, SampleInstallation, running_installation
from tests.browser.looks import faults_of, window

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provider, Path]]:
    """The provider and the certificate of its authority."""
    folder = tmp_path_factory.mktemp("certificates")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    ca.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(folder / "localhost.pem"))
    with running(folder / "localhost.pem", lambda: TODAY.astimezone(UTC)) as found:
        yield found, folder / "ca.pem"


@pytest.fixture(scope="module")
def installation(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, provider: tuple[Provider, Path]
) -> Iterator[SampleInstallation]:
    known = {
        "oidc_issuer": provider[0].url,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_allow_private": True,
        "oidc_ca_file": provider[1],
    }
    with running_installation(sqlite_template, tmp_path_factory.mktemp("installation"), **known) as found:
        yield found


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_way_there_and_back_is_one_button_with_scripts_and_two_without(
    browser: Browser, installation: SampleInstallation, provider: tuple[Provider, Path], has_scripts: bool
) -> None:
    with installation.database.reading() as session:
        of_role = select(Person.email).join(PersonRole).where(PersonRole.role == Role.CITY_CONTACT)
        provider[0].email = session.exec(of_role.order_by(Person.id)).first() or ""
    with window(browser, ignore_https_errors=True, java_script_enabled=has_scripts) as context:
        page = context.new_page()
        page.goto(installation.url("/account/sessions"))
        if has_scripts:
            assert faults_of(page) == []
        page.get_by_role("button", name="Sign in with your organisation’s account").click()
        if not has_scripts:
            page.get_by_role("button", name="Sign me in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
        expect(page.get_by_role("rowheader", name=provider[0].url)).to_be_visible()
        assert "code=" not in page.url
        if has_scripts:
            assert faults_of(page) == []
        page.get_by_role("button", name="Take away").click()
        expect(page.get_by_role("status")).to_contain_text("no longer signs you in")
