"""What is taken over of a dump's list: everything but what only the server's superuser may make."""

from exchange.backups.client_programs import without_extensions

LISTED = """;
; Archive created at 2026-11-30 09:00:00 UTC
;
5; 2615 2200 SCHEMA - public pg_database_owner
3400; 0 0 COMMENT - SCHEMA public pg_database_owner
2; 3079 16390 EXTENSION - amcheck
3401; 0 0 COMMENT - EXTENSION amcheck
216; 1259 16391 TABLE public letter exchange
3390; 0 16391 TABLE DATA public letter exchange
3402; 0 0 COMMENT public TABLE letter exchange
"""


def test_extensions_and_schemas_are_left_to_the_server() -> None:
    kept = without_extensions(LISTED)
    assert "EXTENSION" not in kept
    assert "SCHEMA" not in kept
    assert [line for line in kept.splitlines() if not line.startswith(";")] == [
        "216; 1259 16391 TABLE public letter exchange",
        "3390; 0 16391 TABLE DATA public letter exchange",
        "3402; 0 0 COMMENT public TABLE letter exchange",
    ]
