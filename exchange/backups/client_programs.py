"""PostgreSQL's own programs, pg_dump, pg_restore and psql, run on the database of the settings.

The password goes to them by the environment, never on a command line that others can read.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile

from sqlalchemy import URL, make_url

from exchange.errors import ConfigurationError, ExchangeError
from exchange.health.schema_version import BEFORE_RESTORE
from exchange.settings import Settings

_OF_THE_SERVER = re.compile(r"^\d+; \d+ \d+ (?:COMMENT - |ACL - )?(?:EXTENSION|SCHEMA) ")


class ProgramFailed(ExchangeError):
    """One of the programs refused, in its own words."""


def dump(settings: Settings, file: Path, snapshot: str) -> None:
    """Write the database as the exported snapshot shows it. Raises ProgramFailed."""
    arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    aside = f"--exclude-schema={BEFORE_RESTORE}"  # left behind by a restore that was cut short
    _run("pg_dump", [*arguments, aside, f"--file={file}", _address(settings)], _surroundings(settings))


def check_dump(file: Path) -> None:
    """Read the whole dump once, as a restore would. Raises ProgramFailed for one that is damaged."""
    _run("pg_restore", [f"--file={os.devnull}", str(file)], os.environ)


def load(settings: Settings, file: Path, *, first: str, last: str) -> None:
    """Run ``first``, then the statements of the dump, then ``last``: all in one transaction, or none.

    Raises ProgramFailed with the first words of what refused.
    """
    psql = [_found("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", _address(settings)]
    with TemporaryFile() as words:
        loading = subprocess.Popen(
            psql,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=words,
            env=_surroundings(settings),
        )
        try:
            failure = _feed(loading, file, first, last)
        finally:
            # Without a COMMIT the end of what is read undoes everything.
            code = _ended(loading)
        if failure or code:
            words.seek(0)
            raise ProgramFailed("psql: %(words)s", words=failure or _first_line(words.read()))


def _feed(loading: subprocess.Popen[bytes], file: Path, first: str, last: str) -> str:
    """Write to psql; why pg_restore could not give it everything, "" when it did."""
    if loading.stdin is None:
        raise ValueError("psql needs something to read from")
    with TemporaryFile() as words, NamedTemporaryFile("w", suffix=".list") as listed:
        listed.write(without_extensions(_listed(file)))
        listed.flush()
        command = [_found("pg_restore"), "--no-owner", "--no-privileges", f"--use-list={listed.name}"]
        command += ["--file=-", str(file)]
        try:
            loading.stdin.write(f"BEGIN;\n{first}\n".encode())
            loading.stdin.flush()
            done = subprocess.run(command, stdout=loading.stdin, stderr=words, check=False)
            if done.returncode == 0:
                loading.stdin.write(f"\n{last}\nCOMMIT;\n".encode())
                loading.stdin.flush()
        except BrokenPipeError:
            return ""  # psql ended before: its own words say why
        words.seek(0)
        return _first_line(words.read()) if done.returncode and loading.poll() is None else ""


def _listed(file: Path) -> str:
    command = [_found("pg_restore"), "--list", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgramFailed("pg_restore: %(words)s", words=_first_line(done.stderr.encode()))
    return done.stdout


def without_extensions(listed: str) -> str:
    """The list of a dump without extensions and schemas: those are the server's, for a superuser to make."""
    return "".join(line for line in listed.splitlines(keepends=True) if not _OF_THE_SERVER.search(line))


def _ended(loading: subprocess.Popen[bytes]) -> int:
    if loading.stdin is not None:
        with suppress(BrokenPipeError):  # as above
            loading.stdin.close()
    return loading.wait()


def _run(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    command = [_found(program), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    if done.returncode:
        raise ProgramFailed("%(program)s: %(words)s", program=program, words=_first_line(done.stderr))


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise ConfigurationError(
            "%(program)s is not on the PATH of this process: install PostgreSQL's client programs, of the"
            " server's version or a newer one (Debian: postgresql-client).",
            program=program,
        )
    return path


def _address(settings: Settings) -> str:
    """Without the password, which would stand in the list of processes."""
    url = make_url(settings.database_url)
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string()


def _surroundings(settings: Settings) -> Mapping[str, str]:
    password = make_url(settings.database_url).password
    return os.environ | ({"PGPASSWORD": password} if password else {})


def _first_line(words: bytes) -> str:
    lines = [line.strip() for line in words.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it ended without a word"])[0].rstrip(".")
