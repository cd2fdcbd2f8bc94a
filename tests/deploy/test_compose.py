"""compose.yaml and Containerfile: what they start exists, and it starts with what they give it."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from exchange.backups.backup_folder import backups_in
from exchange.settings import ROOT, Settings, load_settings
from tests.audit_key import KEY
from tests.deploy.settings_file import read_settings
from tests.free_ports import free_port
from tests.postgres import PostgresServer

DEPLOY = ROOT / "deploy"
SECRET = "a-secret-of-tests-that-is-long-enough"
OF_OTHERS = {"PGPASSWORD", "PYTHONUNBUFFERED"}  # libpq's and Python's own
BACKUP_SECONDS = 60  # a clock makes the first one at once


def compose() -> dict[str, dict[str, dict[str, object]]]:
    loaded: dict[str, dict[str, dict[str, object]]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def containerfile() -> list[list[str]]:
    """Its instructions, as words."""
    text = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def procfile() -> dict[str, str]:
    return dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


def ours() -> dict[str, dict[str, object]]:
    """The services that run Exchange."""
    return {name: one for name, one in compose()["services"].items() if one["image"] == "exchange"}


def known_names() -> set[str]:
    settings = {f"EXCHANGE_{name.upper()}" for name in Settings.model_fields}
    return settings | set(re.findall(r"\$\{?([A-Z_]+)", "\n".join(procfile().values()))) | OF_OTHERS


def test_each_service_of_ours_is_a_process_of_the_procfile() -> None:
    assert {name: one["command"] for name, one in ours().items()} == {
        "migrate": ["release"],
        "web": ["web"],
        "calendars": ["calendars"],
        "clock": ["clock"],
    }
    assert {"release", "web", "calendars", "clock"} == set(procfile())


def test_environments_name_settings_that_there_are() -> None:
    given = (
        read_settings(DEPLOY / "exchange.env").keys()
        | set(ours()["web"]["environment"])
        | set(ours()["calendars"]["environment"])
    )
    assert given - known_names() == set()


def test_settings_of_the_example_start_in_production_once_the_secrets_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in read_settings(DEPLOY / "exchange.env").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("EXCHANGE_SECRET_KEY", SECRET)
    settings = load_settings()
    assert settings.is_production
    assert not settings.sample
    assert settings.trusted_proxies == 1


def test_web_is_open_to_this_machine_alone_and_waits_for_the_schema() -> None:
    assert ours()["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert ours()["calendars"]["ports"] == ["127.0.0.1:8100:8100"]
    for name in ("web", "calendars", "clock"):
        assert ours()[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert "ports" not in compose()["services"]["database"]
    assert {"data", "database", "backups"} == set(compose()["volumes"])


def test_password_is_asked_for_and_stands_nowhere() -> None:
    wanted = "${POSTGRES_PASSWORD:?a password for the database}"
    assert compose()["services"]["database"]["environment"]["POSTGRES_PASSWORD"] == wanted
    assert ours()["web"]["environment"]["PGPASSWORD"] == wanted
    assert [read_settings(DEPLOY / "exchange.env")[f"EXCHANGE_{key}_KEY"] for key in ("SECRET", "AUDIT")] == [
        "",
        "",
    ]


def test_client_programs_of_the_image_are_of_the_version_of_the_server() -> None:
    """pg_dump refuses a server that is newer than itself; psql and pg_restore come with it."""
    [server] = [str(one["image"]) for one in compose()["services"].values() if one["image"] != "exchange"]
    name, _, version = server.partition(":")
    assert name == "postgres"
    installed = [
        re.findall(r"postgresql-client-(\d+)", " ".join(words))
        for words in containerfile()
        if words[0] == "RUN"
    ]
    assert [one for one in installed if one] == [[version]]


def test_folders_that_processes_write_to_are_volumes_which_their_user_owns() -> None:
    """A new volume takes its owner and mode from the folder of the image that it covers."""
    for service in ours().values():
        given = service["environment"]
        assert isinstance(given, dict)
        folders = {given[f"EXCHANGE_{name}_DIR"] for name in ("DATA", "BACKUP")}
        volumes = service["volumes"]
        assert isinstance(volumes, list)
        mounted = dict(str(one).split(":") for one in volumes)
        assert set(mounted.values()) == folders
        assert set(mounted) <= set(compose()["volumes"])
        made = " ".join(word for words in containerfile() if words[0] == "RUN" for word in words)
        [closed] = re.findall(r"chmod 700 ([^&]+)", made)
        assert folders == set(closed.split())
        [owned] = re.findall(r"chown exchange: ([^&]+)", made)
        [home] = re.findall(r"--home-dir (\S+) --create-home", made)
        assert folders == {home, *owned.split()}


def test_images_are_plain_names_of_no_registry() -> None:
    bases = [words[1] for words in containerfile() if words[0] == "FROM"]
    images = [str(one["image"]) for one in compose()["services"].values()]
    assert bases
    assert [name for name in (*bases, *images) if "/" in name] == []


def test_no_settings_with_secrets_go_into_the_image() -> None:
    """They stand in deploy/ beside what starts the processes, and would stay in a layer for good."""
    copied = [ROOT / source for words in containerfile() if words[0] == "COPY" for source in words[1:-1]]
    assert [path for path in copied if path == DEPLOY or path.suffix == ".env"] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert {"deploy/*.env", "var", ".git"} <= set(ignored)


@pytest.mark.slow
def test_what_the_image_holds_migrates_serves_ticks_and_backs_up(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """The files that are copied, without the rest of the checkout, with the environment of the services."""
    root = tmp_path / "image"
    for words in containerfile():
        if words[0] == "COPY":
            *sources, target = words[1:]
            for source in sources:
                _copy(ROOT / source, root / target)
    (root / ".venv").symlink_to(ROOT / ".venv")
    data, backups = tmp_path / "data", tmp_path / "backups"
    backups.mkdir()
    port = str(free_port())
    with postgres_server.database("of_the_image") as url:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
        settings = read_settings(DEPLOY / "exchange.env") | ours()["web"]["environment"]
        here = {"EXCHANGE_DATABASE_URL": url, "EXCHANGE_DATA_DIR": str(data), "PORT": port}
        here["EXCHANGE_BACKUP_DIR"] = str(backups)
        secrets = {"EXCHANGE_SECRET_KEY": SECRET, "EXCHANGE_AUDIT_KEY": KEY, "PYTHONPATH": str(root)}
        environment = outside | settings | here | secrets | {"WEB_HOST": "127.0.0.1"}
        done = _run(root, "release", environment)
        assert done.returncode == 0, done.stderr
        web, clock = (_started(root, name, environment) for name in ("web", "clock"))
        try:
            wait = [root / ".venv/bin/python", root / "deploy/wait_for_web.py", port]
            assert subprocess.run(wait, check=False).returncode == 0
            assert _first_within(backups, BACKUP_SECONDS), "no backup was made"
            assert web.poll() is None
            assert clock.poll() is None
        finally:
            for process in (web, clock):
                process.terminate()
            codes = [process.wait(60) for process in (web, clock)]
        assert codes == [0, 0]


def test_process_that_is_none_is_refused() -> None:
    done = _run(ROOT, "wbe", dict(os.environ))
    assert (done.returncode, done.stderr) == (64, "The Procfile names no process wbe.\n")


def _first_within(backups: Path, seconds: float) -> Path | None:
    """The first backup that is whole; None when there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if whole := backups_in(backups):
            return whole[0]
        time.sleep(0.2)
    return None


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target / source.name)


def _run(root: Path, name: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [root / "deploy/run", name], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def _started(root: Path, name: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [root / "deploy/run", name],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
