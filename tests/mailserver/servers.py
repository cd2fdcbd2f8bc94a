"""Postfix and Dovecot from the distribution, on loopback, in a folder of their own, with TLS and SASL.

Postfix takes letters from who logs in, gives those for example.org to Dovecot over LMTP, and bounces what
Dovecot does not know. Nothing leaves the machine: every other domain is an error. Needs root, as both do.
"""

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import trustme

from tests.free_ports import free_port

DOMAIN = "example.org"
PASSWORD = "p@ss word/%?"
MAIL_UID = 65534  # nobody: owns the mailboxes
PATIENCE_SECONDS = 30.0


class ServersUnavailable(Exception):
    """The servers cannot be started here; the message says what is missing."""


@dataclass(frozen=True)
class MailServers:
    """Both servers, running."""

    smtp_port: int
    imap_port: int
    tls: ssl.SSLContext

    def smtp_url(self, user: str) -> str:
        """For somebody who sends."""
        return f"smtp://{_login(user)}@127.0.0.1:{self.smtp_port}?starttls=required"

    def imap_url(self, user: str) -> str:
        """For somebody's INBOX."""
        return f"imaps://{_login(user)}@127.0.0.1:{self.imap_port}/INBOX"


@contextmanager
def running_servers(*users: str) -> Iterator[MailServers]:
    """The servers with a mailbox for each user (the part before the @), stopped and forgotten afterwards."""
    _check_installed()
    folder = Path(tempfile.mkdtemp(prefix="exchange-mail-"))
    folder.chmod(0o755)  # the servers' own users walk through it
    ports = {name: free_port() for name in ("smtp", "imaps", "lmtp", "auth")}
    authority = trustme.CA()
    _write_certificate(folder, authority)
    _configure_dovecot(folder, users, ports)
    _configure_postfix(folder, ports)
    try:
        with _dovecot(folder, ports), _postfix(folder, ports):
            client = ssl.create_default_context()
            authority.configure_trust(client)
            yield MailServers(ports["smtp"], ports["imaps"], client)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(found: Callable[[], object], what: str) -> None:
    """Ask again until it is there, or fail with what was waited for."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not found():
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}")
        time.sleep(0.2)


def _check_installed() -> None:
    missing = [name for name in ("postfix", "dovecot") if _path_of(name) is None]
    if missing:
        raise ServersUnavailable(f"Not installed: {', '.join(missing)}.")
    if os.geteuid() != 0:
        raise ServersUnavailable("Postfix and Dovecot are started by root only.")


def _path_of(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _login(user: str) -> str:
    return f"{quote(f'{user}@{DOMAIN}')}:{quote(PASSWORD, safe='')}"


def _write_certificate(folder: Path, authority: trustme.CA) -> None:
    certificate = authority.issue_cert("127.0.0.1")
    (folder / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    key = folder / "key.pem"
    key.write_bytes(certificate.private_key_pem.bytes())
    key.chmod(0o600)


def _configure_dovecot(folder: Path, users: tuple[str, ...], ports: dict[str, int]) -> None:
    home = folder / "home"
    home.mkdir()
    os.chown(home, MAIL_UID, MAIL_UID)
    lines = [f"{user}@{DOMAIN}:{{PLAIN}}{PASSWORD}:{MAIL_UID}:{MAIL_UID}::{home}/{user}\n" for user in users]
    (folder / "users").write_text("".join(lines), encoding="utf-8")
    (folder / "dovecot.conf").write_text(
        f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
auth_mechanisms = plain login
mail_location = maildir:~/Maildir
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {ports["imaps"]}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {ports["lmtp"]}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {ports["auth"]}
  }}
}}
""",
        encoding="utf-8",
    )


def _configure_postfix(folder: Path, ports: dict[str, int]) -> None:
    config, queue, data = (folder / name for name in ("postfix", "queue", "data"))
    for made in (config, queue, data):
        made.mkdir()
    shutil.chown(data, "postfix")
    (config / "main.cf").write_text(
        f"""
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mail.{DOMAIN}
mydestination =
mynetworks = 127.0.0.1/32
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {DOMAIN}
virtual_transport = lmtp:inet:127.0.0.1:{ports["lmtp"]}
default_transport = error:5.1.2 No mail leaves this machine
smtpd_reject_unlisted_recipient = no
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{ports["auth"]}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtputf8_enable = yes
""",
        encoding="utf-8",
    )
    services = """
pickup     unix n - n 60 1 pickup
cleanup    unix n - n - 0 cleanup
qmgr       unix n - n 300 1 qmgr
tlsmgr     unix - - n 1000? 1 tlsmgr
rewrite    unix - - n - - trivial-rewrite
bounce     unix - - n - 0 bounce
defer      unix - - n - 0 bounce
trace      unix - - n - 0 bounce
verify     unix - - n - 1 verify
flush      unix n - n 1000? 0 flush
proxymap   unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp       unix - - n - - smtp
relay      unix - - n - - smtp
showq      unix n - n - - showq
error      unix - - n - - error
retry      unix - - n - - error
discard    unix - - n - - discard
lmtp       unix - - n - - lmtp
anvil      unix - - n - 1 anvil
scache     unix - - n - 1 scache
postlog    unix-dgram n - n - 1 postlogd
"""
    listener = f"127.0.0.1:{ports['smtp']} inet n - n - - smtpd\n"
    (config / "master.cf").write_text(listener + services.lstrip(), encoding="utf-8")


@contextmanager
def _dovecot(folder: Path, ports: dict[str, int]) -> Iterator[None]:
    # Output goes to a file: a pipe that nobody empties stops the servers, and one they inherit stops us.
    with (folder / "dovecot.out").open("wb") as output:
        process = subprocess.Popen(
            [_path_of("dovecot") or "dovecot", "-F", "-c", str(folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for_port(ports["imaps"], folder / "dovecot.out", folder / "dovecot.log")
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def _postfix(folder: Path, ports: dict[str, int]) -> Iterator[None]:
    def run(verb: str) -> int:
        with (folder / "postfix.out").open("ab") as output:
            command = [_path_of("postfix") or "postfix", "-c", str(folder / "postfix"), verb]
            return subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=60, check=False
            ).returncode

    if run("start"):
        raise AssertionError(_said(folder / "postfix.out", folder / "postfix.log"))
    try:
        _wait_for_port(ports["smtp"], folder / "postfix.out", folder / "postfix.log")
        yield
    finally:
        run("stop")


def _wait_for_port(port: int, *logs: Path) -> None:
    def is_open() -> bool:
        with socket.socket() as tried:
            tried.settimeout(1)
            return tried.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_for(is_open, f"port {port}")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{_said(*logs)}") from error


def _said(*logs: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in logs if path.exists())
