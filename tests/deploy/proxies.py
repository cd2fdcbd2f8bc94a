"""nginx and Caddy as deploy/ configures them, on free ports of loopback, with a certificate for localhost.

Only names, ports and paths are put in place; all else is what an operator gets.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from exchange.settings import ROOT
from tests.free_ports import free_port
from tests.required import unavailable

START_SECONDS = 30
NAMED = "exchange.your.domain"
PORTS = ("127.0.0.1:8000", "127.0.0.1:8001", "127.0.0.1:8100")
PROXIES = ("nginx", "caddy")


@dataclass(frozen=True)
class Proxy:
    """A running proxy, whom to trust, and the folder of all that it writes."""

    https: str
    http: str
    authority: Path
    folder: Path


@contextmanager
def running_proxy(name: str, behind: Sequence[str], folder: Path, *, calendars: str = "") -> Iterator[Proxy]:
    """``name`` in front of two web processes and one of calendars (host:port; "" for one that is away)."""
    binary = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if binary is None:
        unavailable(f"no {name}; install the Debian package of that name")
    http, https = free_port(), free_port()
    authority = _certify(folder)
    text = _with_ports(name, [*behind, calendars or f"127.0.0.1:{free_port()}"])
    for place in ("/etc/exchange/tls", "/var/log/nginx"):
        text = text.replace(place, str(folder))
    write = {"nginx": nginx_command, "caddy": caddy_command}[name]
    command = write(binary, text, folder, http=http, https=https)
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "said.log").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
    try:
        for port in (http, https):
            _wait_for(port, process, folder)
        yield Proxy(f"https://localhost:{https}", f"http://localhost:{http}", authority, folder)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def nginx_command(binary: str, site: str, folder: Path, *, http: int, https: int) -> list[str]:
    """Write the site into a configuration of nginx's own; the command that runs it in the foreground."""
    site = site.replace("listen 80;", f"listen {http};").replace("listen 443 ", f"listen {https} ")
    second = "[::1]" if _has_ipv6() else "127.0.0.2"
    for written, port in (("[::]:80;", f":{http};"), ("[::]:443 ", f":{https} ")):
        site = site.replace(f"listen {written}", f"listen {second}{port}")
    (folder / "site.conf").write_text(site)
    temporary = "\n".join(
        f"    {kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        f"events {{}}\nhttp {{\n{temporary}\n    include {folder}/site.conf;\n}}\n"
    )
    return [binary, "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]


def caddy_command(binary: str, site: str, folder: Path, *, http: int, https: int) -> list[str]:
    """Write the Caddyfile with a certificate that is there; the command that runs it in the foreground."""
    ports = f"\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n"
    site = site.replace("{\n\tlog", f"{{\n{ports}\tlog", 1)
    tls = f"localhost {{\n\ttls {folder}/fullchain.pem {folder}/privkey.pem\n"
    (folder / "Caddyfile").write_text(site.replace("localhost {\n", tls))
    return [binary, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _with_ports(name: str, behind: Sequence[str]) -> str:
    file = {"nginx": "nginx.conf", "caddy": "Caddyfile"}[name]
    text = (ROOT / "deploy" / file).read_text(encoding="utf-8").replace(NAMED, "localhost")
    for written, real in zip(PORTS, behind, strict=True):
        assert written in text
        text = text.replace(written, real)
    return text


def _certify(folder: Path) -> Path:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    made = authority.issue_cert("localhost")
    made.private_key_pem.write_to_path(str(folder / "privkey.pem"))
    for blob in made.cert_chain_pems:
        blob.write_to_path(str(folder / "fullchain.pem"), append=True)
    return folder / "authority.pem"


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


def _wait_for(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            said = (folder / "said.log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < until, said
            time.sleep(0.1)
