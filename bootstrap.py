"""Make .venv and install one locked set of packages: ``python3 bootstrap.py run|pg|sso|test``.

It needs nothing but the standard library, starts nothing of the product, and does no work when
the set is already there. It is written to be read by Python 3.6, so that it can say what is needed.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, NamedTuple

ROOT = Path(__file__).resolve().parent
OLDEST_PYTHON = (3, 11)
NEWEST_TRIED = 15  # python3.15 is looked for on PATH first, then 3.14 and so on

# Each lock is made under the versions of the larger one, so installing it covers the smaller ones.
COVERS = {
    "run": ["run"],
    "pg": ["pg", "run"],
    "sso": ["sso", "pg", "run"],
    "test": ["test", "sso", "pg", "run"],
}

NO_WAY = (
    "Exchange cannot make a Python environment here: install the system package python3-venv "
    "(Debian, Ubuntu: sudo apt-get install python3-venv) or uv, then run the same command again."
)
TOO_OLD = (
    "Exchange needs Python 3.11 or later and this is Python {}.{}: install a newer one, "
    "then run the same command with it, for example: make run PYTHON=python3.12"
)
NOT_INSTALLED = (
    "The packages could not be installed; the reason is above. When it is gone, run the same command again."
)


class CannotInstall(Exception):
    """What keeps the environment from being made, as a sentence for the person at the keyboard."""


class Machine(NamedTuple):
    """What this machine offers for making an environment."""

    has_uv: bool
    has_venv: bool
    has_virtualenv: bool
    may_use_apt: bool


def main(arguments: List[str]) -> int:
    """Bring the named set up to date; 0 when it is, 1 with a sentence when it cannot be."""
    if len(arguments) != 1 or arguments[0] not in COVERS:
        print("Usage: python3 bootstrap.py run|pg|sso|test", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST_PYTHON:
        return start_again_with_newer_python(arguments)
    try:
        bring_up_to_date(arguments[0], ROOT)
    except CannotInstall as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command takes it up again.", file=sys.stderr)
        return 130
    return 0


def start_again_with_newer_python(arguments: List[str]) -> int:
    """Hand over to the newest suitable Python on PATH, or say that there is none."""
    for minor in range(NEWEST_TRIED, OLDEST_PYTHON[1] - 1, -1):
        newer = shutil.which("python3.{}".format(minor))
        if newer:
            os.execv(newer, [newer, str(ROOT / "bootstrap.py"), *arguments])
    print(TOO_OLD.format(*sys.version_info[:2]), file=sys.stderr)
    return 1


def bring_up_to_date(chosen: str, root: Path) -> None:
    """Install the chosen set into root/.venv unless its stamp says that it is there."""
    if is_current(chosen, root):
        return
    with one_at_a_time(root):
        if is_current(chosen, root):  # another one did it while this one waited
            return
        print("Installing the packages of '{}' into .venv (once)...".format(chosen), flush=True)
        install(chosen, root)
        make_importable(root)
        for covered in COVERS[chosen]:
            stamp_file(covered, root).write_text(stamp(covered, root))
        interrupted_mark(root).unlink()


def is_current(chosen: str, root: Path) -> bool:
    """Whether the stamp names this very lock, place and Python; false after an interruption."""
    if interrupted_mark(root).exists() or not python_of(root).exists():
        return False
    try:
        return stamp_file(chosen, root).read_text() == stamp(chosen, root)
    except OSError:
        return False


def stamp(chosen: str, root: Path) -> str:
    """The lock's fingerprint, with the folder and the Python it was installed for."""
    digest = hashlib.sha256(lock_file(chosen, root).read_bytes()).hexdigest()
    return "{} {}.{} {}\n".format(digest, *sys.version_info[:2], root)


@contextlib.contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Let `make run` and `make test` wait for each other instead of installing into one folder."""
    with (root / "bootstrap.py").open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def install(chosen: str, root: Path) -> None:
    """Make the environment when there is no usable one, then install the lock into it."""
    machine = look_around()
    way = choose_way(machine)
    if not is_usable(root, needs_pip=way != "uv"):
        make_environment(way, root)
    interrupted_mark(root).touch()
    lock = ["--require-hashes", "--no-deps", "-r", str(lock_file(chosen, root))]
    python = str(python_of(root))
    if way == "uv":
        done = call(["uv", "pip", "install", "--quiet", "--python", python, *lock])
    else:
        quiet = ["-qq", "--disable-pip-version-check", "--no-input"]  # errors only
        done = call([python, "-m", "pip", "install", *quiet, *lock])
    if not done:
        raise CannotInstall(NOT_INSTALLED)


def look_around() -> Machine:
    """Ask the machine, without changing it, what an environment could be made with."""
    return Machine(
        has_uv=shutil.which("uv") is not None,
        has_venv=has_modules("venv", "ensurepip"),
        has_virtualenv=has_modules("virtualenv") or shutil.which("virtualenv") is not None,
        may_use_apt=may_use_apt(),
    )


def choose_way(machine: Machine) -> str:
    """The quickest way first: uv, venv, virtualenv, apt; CannotInstall when there is none."""
    if machine.has_uv:
        return "uv"
    if machine.has_venv:
        return "venv"
    if machine.has_virtualenv:
        return "virtualenv"
    if machine.may_use_apt:
        return "apt"
    raise CannotInstall(NO_WAY)


def make_environment(way: str, root: Path) -> None:
    """Make root/.venv anew; a half-made folder is taken away again."""
    folder = root / ".venv"
    shutil.rmtree(str(folder), ignore_errors=True)
    if way == "apt" and not install_venv_with_apt():
        raise CannotInstall(NO_WAY)
    try:
        made = call([*environment_maker(way), str(folder)])
    except BaseException:
        shutil.rmtree(str(folder), ignore_errors=True)
        raise
    if not made:
        shutil.rmtree(str(folder), ignore_errors=True)
        raise CannotInstall(NO_WAY)


def environment_maker(way: str) -> List[str]:
    """The command that makes an environment in the folder named after it."""
    if way == "uv":
        return ["uv", "venv", "--quiet", "--python", sys.executable]
    if way == "virtualenv":
        if has_modules("virtualenv"):
            return [sys.executable, "-m", "virtualenv", "--quiet"]
        return ["virtualenv", "--quiet", "--python", sys.executable]
    return [sys.executable, "-m", "venv"]


def install_venv_with_apt() -> bool:
    """Have Debian or Ubuntu add the part of Python that it packs separately."""
    print("Installing python3-venv with apt-get...", flush=True)
    apt = [*as_root(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    call([*apt, "update"])
    return call([*apt, "install", "-y", "--no-install-recommends", "python3-venv"])


def may_use_apt() -> bool:
    """Whether apt-get is here and may be used without asking for a password."""
    if shutil.which("apt-get") is None:
        return False
    if os.geteuid() == 0:
        return True
    return shutil.which("sudo") is not None and is_silent(["sudo", "-n", "true"])


def as_root() -> List[str]:
    """What to put before a command so that root runs it."""
    return [] if os.geteuid() == 0 else ["sudo", "-n"]


def is_usable(root: Path, *, needs_pip: bool) -> bool:
    """Whether .venv is whole, of this Python's version, and no install into it broke off."""
    if interrupted_mark(root).exists():
        return False
    same = "import sys; sys.exit(sys.version_info[:2] != {!r})".format(tuple(sys.version_info[:2]))
    module = "import pip; " if needs_pip else ""
    return is_silent([str(python_of(root)), "-c", module + same])


def make_importable(root: Path) -> None:
    """Let `import exchange` and `.venv/bin/exchange` work from any folder."""
    version = "python{}.{}".format(*sys.version_info[:2])
    packages = root / ".venv" / "lib" / version / "site-packages"
    (packages / "exchange-checkout.pth").write_text("{}\n".format(root))
    launcher = root / ".venv" / "bin" / "exchange"
    launcher.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m exchange "$@"\n')
    launcher.chmod(0o755)


def has_modules(*names: str) -> bool:
    """Whether this Python can import each of them."""
    return all(importlib.util.find_spec(name) is not None for name in names)


def call(command: List[str]) -> bool:
    """Run a command with its words shown; whether it succeeded."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0


def is_silent(command: List[str]) -> bool:
    """Run a command with its words hidden; whether it succeeded."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def lock_file(chosen: str, root: Path) -> Path:
    """The list of packages with hashes for one set."""
    return root / "config" / "requirements" / "{}.lock".format(chosen)


def python_of(root: Path) -> Path:
    """The environment's own Python."""
    return root / ".venv" / "bin" / "python"


def stamp_file(chosen: str, root: Path) -> Path:
    """Where it is noted what was installed."""
    return root / ".venv" / "installed-{}".format(chosen)


def interrupted_mark(root: Path) -> Path:
    """There from the first package to the last: found later, the environment is made anew."""
    return root / ".venv" / "install-under-way"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
