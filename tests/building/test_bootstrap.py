"""How the environment is made: which way is chosen, when nothing is done, what is cleaned up.

Nothing here reaches a network: the installers on PATH are little scripts that note their calls.
"""

import ast
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).parents[2] / "bootstrap.py"


@pytest.fixture
def bootstrap() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Checkout:
    """A checkout with one small lock, and a PATH of noting scripts."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.path = folder / "bin"
        self.notes = folder / "notes"
        self.path.mkdir()
        (self.root / "config" / "requirements").mkdir(parents=True)
        (self.root / "bootstrap.py").write_text(SOURCE.read_text())
        for name in ("run", "pg", "sso", "test"):
            self.lock(name).write_text(f"# {name}\n")

    def lock(self, name: str) -> Path:
        return self.root / "config" / "requirements" / f"{name}.lock"

    def offer_uv(self, *, fails_at: str = "nothing") -> None:
        """A uv that makes an environment around this Python and installs nothing."""
        packages = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
        self.offer(
            "uv",
            f'echo "uv $*" >> {self.notes}\n'
            f'case "$1 $2" in "{fails_at}") exit 3;; esac\n'
            'if [ "$1" = venv ]; then\n'
            '  for folder; do :; done; mkdir -p "$folder/bin" "$folder/' + packages + '"\n'
            f'  printf "#!/bin/sh\\nexec {sys.executable} \\"\\$@\\"\\n" > "$folder/bin/python"\n'
            '  chmod +x "$folder/bin/python"\n'
            "fi\n",
        )

    def offer(self, name: str, script: str) -> None:
        program = self.path / name
        program.write_text(f"#!/bin/sh\n{script}")
        program.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.root / "bootstrap.py"), *arguments],
            env={"PATH": f"{self.path}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    def noted(self) -> list[str]:
        return self.notes.read_text().splitlines() if self.notes.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_bootstrap_can_be_read_by_old_pythons_and_imports_only_the_standard_library() -> None:
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 6))
    imported = {
        name.name.partition(".")[0] if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("offers", "way"),
    [
        ({"has_uv", "has_venv", "has_virtualenv", "may_use_apt"}, "uv"),
        ({"has_venv", "has_virtualenv", "may_use_apt"}, "venv"),
        ({"has_virtualenv", "may_use_apt"}, "virtualenv"),
        ({"may_use_apt"}, "apt"),
    ],
)
def test_quickest_way_is_chosen(bootstrap: ModuleType, offers: set[str], way: str) -> None:
    fields = bootstrap.Machine._fields
    machine = bootstrap.Machine(**{field: field in offers for field in fields})
    assert bootstrap.choose_way(machine) == way


def test_machine_without_any_way_gets_one_sentence(bootstrap: ModuleType) -> None:
    nothing = bootstrap.Machine(*[False] * 4)
    with pytest.raises(bootstrap.CannotInstall, match="install the system package python3-venv"):
        bootstrap.choose_way(nothing)


def test_old_python_is_told_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: None)
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    assert bootstrap.main(["run"]) == 1
    assert "needs Python 3.11 or later and this is Python 3.9" in capsys.readouterr().err


def test_old_python_hands_over_to_a_newer_one(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[list[str]] = []
    monkeypatch.setattr(bootstrap.shutil, "which", {"python3.12": "/opt/python3.12", "python3.11": "/x"}.get)
    monkeypatch.setattr(bootstrap.os, "execv", lambda _path, command: taken.append(command))
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    bootstrap.main(["test"])
    assert [taken[0][0], taken[0][-1]] == ["/opt/python3.12", "test"]


def test_wrong_argument_shows_the_usage(checkout: Checkout) -> None:
    done = checkout.run("everything")
    assert (done.returncode, done.stderr) == (2, "Usage: python3 bootstrap.py run|pg|sso|test\n")


def test_second_run_does_nothing(checkout: Checkout) -> None:
    checkout.offer_uv()
    first = checkout.run("run")
    assert (first.returncode, first.stderr) == (0, "")
    assert [line.split()[1] for line in checkout.noted()] == ["venv", "pip"]

    assert checkout.run("run").stdout == ""
    assert len(checkout.noted()) == 2


def test_larger_set_covers_the_smaller_one_but_not_the_other_way_round(checkout: Checkout) -> None:
    checkout.offer_uv()
    checkout.run("run")
    checkout.run("test")
    assert len(checkout.noted()) == 3  # one environment, two installs
    checkout.run("run")
    checkout.run("pg")
    checkout.run("sso")
    assert len(checkout.noted()) == 3


def test_changed_lock_is_installed_into_the_same_environment(checkout: Checkout) -> None:
    checkout.offer_uv()
    checkout.run("run")
    checkout.lock("run").write_text("# another version\n")
    checkout.run("run")
    assert [line.split()[1] for line in checkout.noted()] == ["venv", "pip", "pip"]


def test_interrupted_install_is_made_anew(checkout: Checkout) -> None:
    checkout.offer_uv()
    checkout.run("run")
    (checkout.root / ".venv" / "install-under-way").touch()
    checkout.run("run")
    assert [line.split()[1] for line in checkout.noted()] == ["venv", "pip", "venv", "pip"]
    assert not (checkout.root / ".venv" / "install-under-way").exists()


def test_failed_install_says_so_and_is_repeated(checkout: Checkout) -> None:
    checkout.offer_uv(fails_at="pip install")
    failed = checkout.run("run")
    assert failed.returncode == 1
    assert "The packages could not be installed" in failed.stderr
    checkout.offer_uv()
    assert checkout.run("run").returncode == 0


def test_half_made_environment_is_taken_away(checkout: Checkout) -> None:
    checkout.offer("uv", 'for folder; do :; done; mkdir -p "$folder/bin"; exit 1\n')
    failed = checkout.run("run")
    assert failed.returncode == 1
    assert not (checkout.root / ".venv").exists()


def test_environment_finds_the_checkout_from_anywhere(checkout: Checkout) -> None:
    checkout.offer_uv()
    checkout.run("run")
    environment = checkout.root / ".venv"
    (path_file,) = environment.rglob("exchange-checkout.pth")
    assert path_file.read_text() == f"{checkout.root}\n"
    assert os.access(environment / "bin" / "exchange", os.X_OK)
