"""The manifest of a backup: what is in it, with digests, versions and how the audit trail stood.

The key that signs the audit trail signs it, all of it: a digest alone is made by whoever changes a file.
It reads and writes the one file; it looks at no database.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from exchange.audit.keys import KeyRing
from exchange.errors import ExchangeError
from exchange.settings import ROOT, Settings, read_toml
from exchange.system.whole_files import write_whole
from exchange.tokens import PRIVATE_FILE, derived

FILE = "manifest.json"
UPLOADS = "uploads"  # the folder beside it
FORMAT = 1
DATABASE_FILES = {"sqlite": "exchange.db", "postgresql": "exchange.dump"}
_SIGNS = b"exchange backup manifest 1\n"  # before what is signed: nothing else under the key begins so
PIECE_BYTES = 2**20
_NAME_CHARACTERS = 12  # of the secret key's digest: tells two apart and gives nothing away


class BackupFailed(ExchangeError):
    """No backup was made."""


class BadBackup(ExchangeError):
    """A folder that is no backup, or one that cannot be put back here."""


@dataclass(frozen=True)
class KeptFile:
    """A file of the backup; ``sha256`` in hex."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds and what it was made of.

    ``absent_uploads`` are named by the database and were missing or damaged already. ``anchor`` is the signed
    line that says how the trail stood; ``secret_name`` tells which secret key was in use, without giving it.
    """

    made_at: datetime
    release: str
    schema: str
    engine: str  # "sqlite" or "postgresql"
    zone_data: str
    anchor: str
    secret_name: str
    database: KeptFile
    uploads: tuple[KeptFile, ...]
    absent_uploads: tuple[str, ...]

    @property
    def size_bytes(self) -> int:
        """Of all its files together."""
        return self.database.size_bytes + sum(one.size_bytes for one in self.uploads)

    def files(self) -> list[tuple[str, KeptFile]]:
        """All its files by their paths from the backup's folder."""
        return [
            (self.database.name, self.database),
            *((f"{UPLOADS}/{one.name}", one) for one in self.uploads),
        ]


def release() -> str:
    """The version of Exchange that runs, as "0.1.0"."""
    project = read_toml(ROOT / "pyproject.toml")["project"]
    return str(project["version"]) if isinstance(project, dict) else ""


def secret_name(settings: Settings) -> str:
    """What the secret key is called in manifests: a few characters of a digest."""
    return derived(settings.secret_key, "name of the secret key").hex()[:_NAME_CHARACTERS]


def kept_file(path: Path) -> KeptFile:
    """The entry of a file as it lies there now. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    return KeptFile(path.name, size, digest.hexdigest())


def write_manifest(folder: Path, manifest: Manifest, keys: KeyRing) -> None:
    """Write it whole and signed, for its owner alone, onto the disk."""
    facts = {
        "format": FORMAT,
        **asdict(manifest),
        "made_at": manifest.made_at.astimezone(UTC).isoformat(),
        "key_id": keys.signing,
    }
    facts["mac"] = keys.mac(keys.signing, _message(facts))
    content = json.dumps(facts, indent=1).encode()
    write_whole(folder / FILE, content, beside=folder / f"{FILE}.part", mode=PRIVATE_FILE)


def read_manifest(folder: Path, keys: KeyRing | None) -> Manifest:
    """The manifest of a backup, as the key of the audit trail signed it.

    Raises BadBackup with what the folder is instead, for a key that is not here, and for a manifest that was
    changed.
    """
    try:
        facts = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if facts.pop("format") != FORMAT:
            raise BadBackup(
                "%(folder)s was made by a newer version of Exchange: restore it with that.", folder=folder
            )
        _check_signature({"format": FORMAT, **facts}, keys)
        del facts["key_id"], facts["mac"]
        facts["made_at"] = datetime.fromisoformat(facts["made_at"]).astimezone(UTC)
        facts["database"] = _entry(facts["database"])
        facts["uploads"] = tuple(map(_entry, facts["uploads"]))
        facts["absent_uploads"] = tuple(map(str, facts["absent_uploads"]))
        return Manifest(**facts)
    except OSError as error:
        raise BadBackup(
            "%(folder)s is no backup: its %(file)s cannot be read (%(cause)s).",
            folder=folder,
            file=FILE,
            cause=error.strerror,
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBackup("The %(file)s of %(folder)s is damaged.", file=FILE, folder=folder) from error


def _check_signature(facts: Mapping[str, object], keys: KeyRing | None) -> None:
    key_id, mac = str(facts["key_id"]), str(facts["mac"])
    if keys is None or key_id not in keys.keys:
        raise BadBackup(
            "This backup was signed under key %(key)s of the audit trail, which is not here. The key is never"
            " in a backup: put it back first, into EXCHANGE_AUDIT_KEY or as audit.key into the data folder.",
            key=key_id,
        )
    if not keys.is_signed(mac, key_id, _message(facts)):
        raise BadBackup(
            "The manifest of the backup is not as it was signed: somebody changed it, or what it tells of."
            " Nothing was changed here. Look for another copy of this backup, or choose another one."
        )


def _message(facts: Mapping[str, object]) -> bytes:
    """What is signed: all that the manifest says but the signature, in one spelling."""
    signed = {name: value for name, value in facts.items() if name != "mac"}
    return _SIGNS + json.dumps(signed, sort_keys=True, separators=(",", ":")).encode("ascii")


def _entry(facts: dict[str, object]) -> KeptFile:
    """Names are looked up below the backup's folder: none may lead out of it."""
    name = str(facts["name"])
    if name in {"", ".", ".."} or "/" in name:
        raise ValueError(name)
    return KeptFile(name, int(str(facts["size_bytes"])), str(facts["sha256"]))
