"""What nobody types by accident, and what everybody does: text that has broken forms of some kind."""

from hypothesis import strategies as st

NUMBERS = (
    *("٣", " ٣ ", "1_0", "+1", "-1", "0", "00", "1e5", "1.5", "NaN", "inf", "0x10"),
    *("2147483647", "2147483648", "-2147483649", "9223372036854775808", "9" * 30, "9" * 5000),
)
TIMES = (
    *(
        "0001-01-01",
        "9999-12-31",
        "9999-12-27",
        "2027-02-30",
        "٢٠٢٧-٠١-٠١",
        "20270111",
        "2027-W02-1",
        "1900-01-01",
    ),
    *(
        "2027-03-28",
        "2024-02-29",
        "24:00",
        "23:59:59.999999",
        "14:00+05:00",
        "02:30",
        "٠٩:٠٠",
        "W53",
        "W١٣",
        "12-31",
    ),
)
ZONES = (
    "Europe/London\x00",
    "Etc/GMT+12",
    "GMT",
    "localtime",
    "../../etc/passwd",
    "europe/london",
    "posixrules",
)
MARKINGS = ("amber", "tlp:red", "WHITE", "AMBER_STRICT", "SECRET", " TLP:GREEN ", "TLP:green")
TEXTS = (
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\x07",
        "\x1b[31m",
        "\x7f",
        "\x9b",
        "\u202e",
        "\u2066",
        "\u2028",
        "\ufeff",
        "\ufffd",
    ),
    *(
        "\r\n",
        "a\r\nBcc: b@example.org",
        "İ",
        "ß" * 100,
        "🧨",
        "e\u0301" * 50,
        "x" * 201,
        "x" * 501,
        "x" * 70_000,
    ),
    *(
        "<script>",
        "%(x)s %s %",
        "{x} {{x}} {",
        "'\"; --",
        "[]",
        "{}",
        "null",
        "a@b",
        "a@[127.0.0.1]",
        "\\",
        "[" * 3000,
    ),
    *(
        "http://",
        "https://[",
        "https://a.example:99999/",
        "javascript:1",
        "//a.example",
        "=1+1",
        "a" * 64 + "@b.example",
    ),
)
KNOWN = (*NUMBERS, *TIMES, *ZONES, *MARKINGS, *TEXTS)

HOSTILE = st.sampled_from(KNOWN) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
