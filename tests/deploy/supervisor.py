"""Stands in for systemctl where nothing supervises: starts what the installed units say, as their user.

    python3 supervisor.py FOLDER COMMAND [--now] UNIT...

It knows as much of systemd.exec(5) as the units of deploy/ use to start a process: user, folder, variables,
ExecStart, ExecStartPost, and how long to wait for the end. FOLDER holds the units, its notes and the logs.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

NOBODY = 65534
Unit = dict[str, str]


def main() -> int:
    """Do one command of systemctl."""
    folder, command, *rest = Path(sys.argv[1]), *sys.argv[2:]
    for name in (one for one in rest if not one.startswith("--")):
        if name == "nginx":
            _nginx(folder)
            continue
        if command in ("stop", "restart"):
            stop(folder, name)
        if command in ("start", "restart", "enable"):
            start(folder, name)
    return 0


def start(folder: Path, name: str) -> None:
    """Start a unit; done when its ExecStartPost is."""
    unit = read_unit(folder, name)
    with (folder / f"{name}.log").open("ab") as said:
        process = subprocess.Popen(
            shlex.split(unit["ExecStart"]),
            cwd=unit["WorkingDirectory"],
            env=_environment(unit),
            stdout=said,
            stderr=said,
            stdin=subprocess.DEVNULL,
            umask=int(unit["UMask"], 8),
            start_new_session=True,
            **_user(),
        )
    (folder / f"{name}.pid").write_text(str(process.pid))
    if "ExecStartPost" in unit:
        subprocess.run(shlex.split(unit["ExecStartPost"]), check=True, **_user())


def stop(folder: Path, name: str) -> None:
    """End a unit as KillMode=mixed does: the process first, all that is left when its time is over."""
    note = folder / f"{name}.pid"
    if not note.exists():
        return
    pid, until = int(note.read_text()), time.monotonic() + float(read_unit(folder, name)["TimeoutStopSec"])
    os.kill(pid, signal.SIGTERM)
    while _runs(pid) and time.monotonic() < until:
        time.sleep(0.1)
    if _runs(pid):
        os.killpg(pid, signal.SIGKILL)
    note.unlink()


def read_unit(folder: Path, name: str) -> Unit:
    """The lines of its file, with the instance in its place; a repeated key is none that the units use."""
    base, at, instance = name.partition("@")
    text = (folder / f"{base}{at}.service").read_text(encoding="utf-8").replace("%i", instance)
    pairs = [line.partition("=") for line in text.splitlines() if "=" in line and line[0] not in "#["]
    return {key: value for key, _, value in pairs}


def _environment(unit: Unit) -> dict[str, str]:
    """Nothing of whoever asks: systemd gives a path, what the unit says, and what its file says."""
    given = dict(one.split("=", 1) for one in shlex.split(unit.get("Environment", "")))
    lines = Path(unit["EnvironmentFile"]).read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and line[0] != "#")
    of_file = {key: shlex.split(value)[0] for key, _, value in pairs}
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"} | given | of_file


def _user() -> dict[str, object]:
    """User and group, where this process may choose."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _nginx(folder: Path) -> None:
    """Start it on the configuration beside the units, which `nginx -t` has just found right."""
    with (folder / "nginx.log").open("ab") as said:
        process = subprocess.Popen(
            shlex.split((folder / "nginx.command").read_text()),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    (folder / "nginx.pid").write_text(str(process.pid))
    time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
