"""Templates and routes compiled once per test process: each test makes an application of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


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


@contextmanager
def routes_compiled_once() -> Iterator[None]:
    """While open, a rule takes the function that builds addresses from an equal rule made before.

    The function knows its rule by its first argument alone, so that rules of equal text may share it. A
    third of the time of a test went into compiling some six hundred of them for its application.
    """
    compile_builder = Rule._compile_builder  # type: ignore[attr-defined]  # no public way leads to it
    kept: dict[tuple[object, ...], Callable[..., Any]] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), repr(rule._trace), append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    with patch.object(Rule, "_compile_builder", remembered):
        yield
