"""Templates compiled once per test process: each test makes an application, and each would compile anew."""

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class _Memory(BytecodeCache):
    """Keeps what the compiler wrote under the key that Jinja makes of a template's name and source."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        found = self.kept.get((bucket.key, bucket.checksum))
        if found is not None:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_MEMORY = _Memory()


def with_compiled_templates(app: Flask) -> Flask:
    """The application itself, which now takes templates that another one of this process has compiled."""
    app.jinja_env.bytecode_cache = _MEMORY
    return app
