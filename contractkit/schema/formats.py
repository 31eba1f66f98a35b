"""The formats of JSON Schema 2020-12 (validation, 7.3): which holds which, which texts they hold, samples.

Besides them `uuid1` to `uuid8`: pydantic writes them for the versions of RFC 9562, and refuses the others.

`over` is a pattern that every text of the format matches; `under` one whose matches all are of the format (None where
no useful one is known). Validators disagree at the edges (leap seconds, case, quoted local parts), so the samples and
`under` keep away from those.
"""

from __future__ import annotations

import re

from contractkit.model.records import NamedTuple

_DATE = r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
_BYTE = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]\d|\d)"
_UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_LABEL = r"[a-z]([a-z0-9]{0,10}[a-z0-9])?"
_PAGE = r"https://([a-z][a-z0-9]{0,19}\.){1,4}[a-z]{2,10}(/[a-z0-9]{0,20}){0,4}"
_URI_REST = r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*"


VERSIONED = tuple(f"uuid{version}" for version in range(1, 9))
"""UUIDs of one version, whose digit is at a fixed place (RFC 9562, section 4.2); no validator knows these names."""


class Format(NamedTuple):
    """What is known of one format."""

    over: str
    under: str | None
    samples: tuple[str, ...]
    """Three at least: more are hardly ever needed, and take an automaton."""
    within: tuple[str, ...] = ()
    """Formats that hold every text of this one."""
    lengths: tuple[int, int | None] = (0, None)
    """Bounds of the length in characters, None for no upper one."""


FORMATS: dict[str, Format] = {
    "date-time": Format(
        r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
        f"{_DATE}T{_TIME}",
        ("2024-01-01T00:00:00Z", "2024-06-15T12:30:00Z", "2024-01-01T00:00:00+01:00"),
        lengths=(20, None),
    ),
    "date": Format(r"\d{4}-\d\d-\d\d", _DATE, ("2024-01-01", "2024-06-15", "1999-12-31"), lengths=(10, 10)),
    "time": Format(
        r"\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
        _TIME,
        ("00:00:00Z", "12:30:00Z", "12:30:00+01:00"),
        lengths=(9, None),
    ),
    "duration": Format(
        r"P[0-9YMWDTHS.,]+",
        r"P(\d{1,3}Y\d{1,3}M)?\d{1,4}D(T\d{1,3}H\d{1,3}M)?",
        ("P1D", "P2D", "PT1H"),
        lengths=(3, None),
    ),
    "email": Format(
        r".+@.+",
        r"[a-z]{1,20}@[a-z]{1,20}\.[a-z]{2,10}",
        ("a@b.co", "b@b.co", "user@example.com"),
        ("idn-email",),
        lengths=(3, None),
    ),
    "idn-email": Format(r".+@.+", r"[a-z]{1,20}@[a-z]{1,20}\.[a-z]{2,10}", ("a@b.co", "b@b.co", "user@example.com")),
    "hostname": Format(
        r"[A-Za-z0-9.-]+",
        rf"{_LABEL}(\.{_LABEL}){{0,3}}",
        ("a.co", "localhost", "example.com"),
        ("idn-hostname",),
        lengths=(1, 255),
    ),
    "idn-hostname": Format(r"[\s\S]+", rf"{_LABEL}(\.{_LABEL}){{0,3}}", ("a.co", "b.co", "example.com")),
    "ipv4": Format(
        rf"{_BYTE}(\.{_BYTE}){{3}}", rf"{_BYTE}(\.{_BYTE}){{3}}", ("127.0.0.1", "10.0.0.1", "10.0.0.2"), lengths=(7, 15)
    ),
    "ipv6": Format(
        r"[0-9A-Fa-f:.]+", r"([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}", ("::1", "::2", "2001:db8:0:0:0:0:0:1"), lengths=(2, 45)
    ),
    "uri": Format(
        r"[A-Za-z][A-Za-z0-9+.-]*:" + _URI_REST,
        _PAGE,
        ("https://a.co", "https://b.co", "https://example.com/x"),
        ("uri-reference", "iri", "iri-reference"),
        lengths=(2, None),
    ),
    "uri-reference": Format(
        _URI_REST,
        r"(https://[a-z]{1,20}\.[a-z]{2,10})?(/[a-z0-9]{0,20}){1,4}",
        ("/a", "/b", "https://a.co"),
        ("iri-reference",),
    ),
    "iri": Format(
        r"[A-Za-z][A-Za-z0-9+.-]*:[\s\S]*",
        _PAGE,
        ("https://a.co", "https://b.co", "https://example.com/x"),
        ("iri-reference",),
    ),
    "iri-reference": Format(
        r"[\s\S]*", r"(https://[a-z]{1,20}\.[a-z]{2,10})?(/[a-z0-9]{0,20}){1,4}", ("/a", "/b", "https://a.co")
    ),
    "uuid": Format(
        _UUID,
        _UUID,
        (
            "00000000-0000-4000-8000-000000000000",
            "00000000-0000-4000-8000-000000000001",
            "a0000000-0000-4000-8000-00000000000A",
        ),
        lengths=(36, 36),
    ),
    "uri-template": Format(r"[\s\S]*", r"(/[a-z0-9]{1,20}){1,4}", ("/a/{b}", "/a", "/b")),
    "json-pointer": Format(r"(/[\s\S]*)?", r"(/[a-z0-9]{0,20}){0,4}", ("", "/a", "/b")),
    "relative-json-pointer": Format(r"\d+[\s\S]*", r"[1-9]\d{0,3}(/[a-z0-9]{0,20}){0,4}", ("1", "2", "0/a")),
    "regex": Format(r"[\s\S]*", r"[a-z0-9]*", ("a", "b", "^a$")),
}


def _versioned(version: str) -> Format:
    pattern = _UUID.replace("{4}-[0-9A-Fa-f]{4}-", f"{{4}}-{version}[0-9A-Fa-f]{{3}}-", 1)
    samples = tuple(f"00000000-0000-{version}000-8000-00000000000{digit}" for digit in range(3))
    return Format(pattern, pattern, samples, ("uuid",), lengths=(36, 36))


FORMATS |= {name: _versioned(name[-1]) for name in VERSIONED}


def holds(outer: str, inner: str) -> bool:
    """Whether every text of the format `inner` is one of `outer`."""
    return inner == outer or (inner in FORMATS and outer in FORMATS[inner].within)


def matches(name: str, text: str) -> bool:
    """Whether a text is surely of a format; unsure is False."""
    known = FORMATS[name]
    if text in known.samples:
        return True
    pattern = known.under
    return pattern is not None and re.fullmatch(pattern, text, re.ASCII) is not None


def surely_not(name: str, text: str) -> bool:
    """Whether a text is surely not of a format; unsure is False."""
    return re.fullmatch(FORMATS[name].over, text, re.ASCII) is None or (
        name in ("date", "date-time", "time") and not _plausible(name, text)
    )


def _plausible(name: str, text: str) -> bool:
    digits = [int(part) for part in re.findall(r"\d+", text)]
    if name in ("date", "date-time") and not (1 <= digits[1] <= 12 and 1 <= digits[2] <= 31):
        return False
    if name in ("time", "date-time"):
        hours = digits[3:] if name == "date-time" else digits
        return hours[0] <= 23 and hours[1] <= 59
    return True
