import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from exchange.errors import ConfigurationError
from exchange.settings import Settings, installed_settings, load_settings
from exchange.tokens import PUBLIC_SECRET, SECRET_FILE, kept_secret, read_secret


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EXCHANGE_SECRET_KEY")
    monkeypatch.setenv("EXCHANGE_DATA_DIR", str(tmp_path / "var"))


def test_a_secret_is_made_once_for_an_installation_and_for_its_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    assert read_secret(folder) is None
    made = kept_secret(folder)
    assert len(made) >= 43
    assert kept_secret(folder) == read_secret(folder) == made
    assert kept_secret(tmp_path / "other") != made
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / SECRET_FILE).stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in folder.iterdir()] == [SECRET_FILE]


def test_of_many_that_start_at_once_all_get_the_same_secret(tmp_path: Path) -> None:
    for number in range(20):
        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(lambda _: kept_secret(tmp_path / str(number)), range(4)))) == 1  # noqa: B023 - used up at once


def test_what_only_reads_makes_nothing_and_what_signs_takes_what_is_kept(tmp_path: Path) -> None:
    assert load_settings().secret_key != load_settings().secret_key  # of each process alone
    assert not (tmp_path / "var").exists()
    assert Settings().secret_key != Settings().secret_key
    signing = installed_settings().secret_key
    assert installed_settings().secret_key == load_settings().secret_key == signing
    assert signing.get_secret_value() not in repr(load_settings())


@pytest.mark.parametrize("environment", ["development", "production"])
def test_the_public_secret_signs_nothing_wherever_it_is_given(
    monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    monkeypatch.setenv("EXCHANGE_ENVIRONMENT", environment)
    monkeypatch.setenv("EXCHANGE_SECRET_KEY", PUBLIC_SECRET)
    for load in (load_settings, installed_settings):
        with pytest.raises(ConfigurationError, match="the one given is public"):
            load()


def test_production_takes_no_secret_from_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept_secret(tmp_path / "var")
    monkeypatch.setenv("EXCHANGE_ENVIRONMENT", "production")
    with pytest.raises(ConfigurationError, match="Set EXCHANGE_SECRET_KEY to a secret of your own"):
        load_settings()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o500)
    with pytest.raises(ConfigurationError, match="Nothing can be written to"):
        installed_settings()
