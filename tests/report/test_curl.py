"""Request witnesses as curl lines; a real shell takes them apart again."""

import json
import shlex
import subprocess
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contractkit.model.change import Credential, Witness
from contractkit.model.contract import Contract
from contractkit.report.curl import curl_line, server_url

SERVER = "http://127.0.0.1:8000"
JSON = {"Content-Type": "application/json"}


def line(method: str, url: str, headers: dict[str, str] | None = None, **body: Any) -> str | None:
    return curl_line(
        Witness("no", method=method, url=url, headers=headers or {}, has_body="body" in body, body=body.get("body")),
        SERVER,
    )


@pytest.mark.parametrize(
    ("given_line", "expected"),
    [
        (line("GET", "/orders"), "curl http://127.0.0.1:8000/orders"),
        (line("GET", "/orders?a=1&b=2"), "curl 'http://127.0.0.1:8000/orders?a=1&b=2'"),
        (line("GET", "/o?f[a]=1"), "curl --globoff 'http://127.0.0.1:8000/o?f[a]=1'"),
        (line("HEAD", "/orders"), "curl --head http://127.0.0.1:8000/orders"),
        (line("DELETE", "/orders/1"), "curl -X DELETE http://127.0.0.1:8000/orders/1"),
        (line("GET", "/a", {"X-A": "it's"}), "curl http://127.0.0.1:8000/a -H 'X-A: it'\"'\"'s'"),
        (line("GET", "/a", {"X-A": ""}), "curl http://127.0.0.1:8000/a -H 'X-A;'"),
        (
            line("POST", "/a", JSON, body=None),
            "curl -X POST http://127.0.0.1:8000/a -H 'Content-Type: application/json' --data-raw null",
        ),
        (
            line("GET", "/a", JSON, body={"a": "ä\x9b"}),
            "curl -X GET http://127.0.0.1:8000/a -H 'Content-Type: application/json' "
            """--data-raw '{"a": "\\u00e4\\u009b"}'""",
        ),
        (
            line("POST", "/a", {"Content-Type": "application/vnd.a+json"}, body="@file"),
            "curl -X POST http://127.0.0.1:8000/a -H 'Content-Type: application/vnd.a+json' --data-raw '\"@file\"'",
        ),
        (
            line("POST", "/a", {"content-type": "text/plain"}, body="@file"),
            "curl -X POST http://127.0.0.1:8000/a -H 'content-type: text/plain' --data-raw @file",
        ),
        (
            line(
                "POST", "/a", {"Content-Type": "application/x-www-form-urlencoded"}, body={"a": ["x y", 1], "b": None}
            ),
            "curl -X POST http://127.0.0.1:8000/a -H 'Content-Type: application/x-www-form-urlencoded' "
            "--data-raw 'a=x+y&a=1&b=null'",
        ),
        (
            line("POST", "/a", {"Content-Type": "multipart/form-data"}, body={"a": "@x", "o": {"b": 1}}),
            "curl -X POST http://127.0.0.1:8000/a --form-string a=@x --form-string 'o={\"b\": 1}'",
        ),
    ],
)
def test_lines(given_line: str | None, expected: str) -> None:
    assert given_line == expected


def test_no_line_is_longer_than_what_a_shell_takes_as_one_argument() -> None:
    start = "curl -X POST http://127.0.0.1:8000/a -H 'Content-Type: text/plain' --data-raw "
    room = 131_071 - len(start)
    plain = {"Content-Type": "text/plain"}
    assert line("POST", "/a", plain, body="a" * room) == start + "a" * room
    assert line("POST", "/a", plain, body="a" * (room + 1)) is None
    assert line("POST", "/a", plain, body="\u00e9" * (room // 2 + 1)) is None
    assert line("GET", "/a?q=" + "a" * 131_071) is None
    assert line("GET", "/a", {"X": "a" * 131_071}) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "-F 'f=a;filename=witness;type=application/octet-stream'"),
        ("", """-F 'f="";filename=witness;type=application/octet-stream'"""),
        ("@a;b", """-F 'f="@a;b";filename=witness;type=application/octet-stream'"""),
        ('\\"', """-F 'f="\\\\\\"";filename=witness;type=application/octet-stream'"""),
    ],
)
def test_a_file_is_sent_as_one(text: str, expected: str) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    body = {"f": [text, "b"], "t": text}
    witness = Witness("no", "POST", "/a", headers, has_body=True, body=body, files=("f", "g"))
    other = "-F 'f=b;filename=witness;type=application/octet-stream'"
    plain = shlex.join(["--form-string", f"t={text}"])
    assert curl_line(witness, SERVER) == f"curl -X POST http://127.0.0.1:8000/a {expected} {other} {plain}"


def test_what_no_shell_can_send_has_no_line() -> None:
    assert line("GET", "/a", {"X-A": "a\nb"}) is None
    assert line("POST", "/a", {"Content-Type": "text/plain"}, body="a\0b") is None
    assert line("POST", "/a", {"Content-Type": "multipart/form-data"}, body={"a=b": "c"}) is None
    assert line("POST", "/a", {"Content-Type": "multipart/form-data"}, body={"": "c"}) is None
    assert curl_line(Witness("no", status="200", has_body=True, body=1), SERVER) is None


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    )
)
@settings(derandomize=True, deadline=None, max_examples=50)
def test_a_json_body_survives_the_shell(body: Any) -> None:
    text = line("POST", "/a", JSON, body=body)
    assert text is not None
    assert text.isprintable()
    words = shlex.split(text)
    assert json.loads(words[words.index("--data-raw") + 1]) == body


def test_a_posix_shell_reads_the_words_as_meant() -> None:
    text = line("POST", "/a?b=$HOME`id`", {**JSON, "X": '"\\!*'}, body={"a": "'\"\\$(id)"})
    assert text is not None
    done = subprocess.run(
        ["sh", "-c", f'curl() {{ printf "%s\\n" "$@"; }}; {text}'], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "-X",
        "POST",
        "http://127.0.0.1:8000/a?b=$HOME`id`",
        "-H",
        "Content-Type: application/json",
        "-H",
        'X: "\\!*',
        "--data-raw",
        json.dumps({"a": "'\"\\$(id)"}),
    ]


@given(raw=st.binary(max_size=40))
@example(raw=b"--x\r\nA: b\r\n")
@example(raw=b"'%s' \\n $HOME `id` !")
@example(raw=b"@file")
@settings(derandomize=True, deadline=None, max_examples=40)
def test_a_body_that_is_no_json_is_sent_as_its_bytes(raw: bytes) -> None:
    text = curl_line(Witness("no", method="POST", url="/a", headers=JSON, has_body=True, body="?"), SERVER, raw)
    assert text is not None
    assert text.isprintable()
    # A shell's words hold no NUL: what follows --data-raw is written without an end of line, as curl would send it.
    shell = 'curl() { while [ "$1" != --data-raw ] && [ "$1" != --data-binary ]; do shift; done; '
    shell += 'case "$1 $2" in "--data-binary @-") cat;; *) printf %s "$2";; esac; }; '
    assert subprocess.run(["sh", "-c", shell + text], capture_output=True, check=True).stdout == raw


def test_the_headers_of_a_body_that_is_sent_as_it_is() -> None:
    def raw_line(headers: dict[str, str], raw: bytes) -> str | None:
        return curl_line(Witness("no", method="POST", url="/a", headers=headers, has_body=True, body="?"), SERVER, raw)

    form = {"Content-Type": "multipart/form-data; boundary=x"}
    assert raw_line(JSON, b'{"a": ') == (
        "curl -X POST http://127.0.0.1:8000/a -H 'Content-Type: application/json' --data-raw '{\"a\": '"
    )
    assert raw_line({}, b"a") == "curl -X POST http://127.0.0.1:8000/a -H Content-Type: --data-raw a"
    assert raw_line(form, b"--x--\r\n") == (
        "printf '\\055-x--\\015\\012' | curl -X POST http://127.0.0.1:8000/a "
        "-H 'Content-Type: multipart/form-data; boundary=x' --data-binary @-"
    )
    assert raw_line(JSON, b"a" * 4_001) is None
    assert line("POST", "/a", form) == (
        "curl -X POST http://127.0.0.1:8000/a -H 'Content-Type: multipart/form-data; boundary=x'"
    )


BEARER = Credential("header", "Authorization", "bearer")
KEY = Credential("header", "X-API-Key")


def signed(*credentials: Credential, url: str = "/a", headers: dict[str, str] | None = None) -> str | None:
    return curl_line(Witness("no", method="GET", url=url, headers=headers or {}, credentials=credentials), SERVER)


@pytest.mark.parametrize(
    ("given_line", "expected"),
    [
        (signed(BEARER), 'curl http://127.0.0.1:8000/a -H "Authorization: Bearer $TOKEN"'),
        (signed(Credential("header", "Authorization", "basic")), 'curl http://127.0.0.1:8000/a -u "$USER:$PASSWORD"'),
        (
            signed(Credential("header", "Authorization", "digest")),
            'curl http://127.0.0.1:8000/a --digest -u "$USER:$PASSWORD"',
        ),
        (
            signed(Credential("header", "Authorization", "hoba")),
            'curl http://127.0.0.1:8000/a -H "Authorization: Hoba $TOKEN"',
        ),
        (signed(KEY), 'curl http://127.0.0.1:8000/a -H "X-API-Key: $API_KEY"'),
        (signed(KEY, headers={"x-api-key": "x"}), "curl http://127.0.0.1:8000/a -H 'x-api-key: x'"),
        (signed(Credential("query", "key")), 'curl "http://127.0.0.1:8000/a?key=$API_KEY"'),
        (signed(Credential("query", "a key"), url="/a?b=1"), 'curl "http://127.0.0.1:8000/a?b=1&a%20key=$API_KEY"'),
        (signed(Credential("query", "key"), url="/a?b=$1"), "curl 'http://127.0.0.1:8000/a?b=$1&key='\"$API_KEY\""),
        (signed(Credential("query", "key"), url="/a?key="), "curl 'http://127.0.0.1:8000/a?key='"),
        (signed(Credential("cookie", "sid")), 'curl http://127.0.0.1:8000/a -H "Cookie: sid=$API_KEY"'),
        (
            signed(Credential("cookie", "sid"), headers={"Cookie": "b=1"}),
            'curl http://127.0.0.1:8000/a -H "Cookie: b=1; sid=$API_KEY"',
        ),
        (
            signed(Credential("cookie", "sid"), headers={"Cookie": "b=1; sid=2"}),
            "curl http://127.0.0.1:8000/a -H 'Cookie: b=1; sid=2'",
        ),
        (
            signed(Credential("certificate")),
            'curl http://127.0.0.1:8000/a --cert "$CERTIFICATE" --key "$CERTIFICATE_KEY"',
        ),
        (
            signed(BEARER, KEY, Credential("query", "app")),
            'curl "http://127.0.0.1:8000/a?app=$API_KEY_2" -H "Authorization: Bearer $TOKEN" -H "X-API-Key: $API_KEY"',
        ),
        (signed(Credential("header", "X: y\r\nZ")), "curl http://127.0.0.1:8000/a"),
        (signed(Credential("header", "Authorization", "odd scheme")), "curl http://127.0.0.1:8000/a"),
    ],
)
def test_credentials_are_placeholders_in_their_place(given_line: str | None, expected: str) -> None:
    assert given_line == expected


def test_a_posix_shell_puts_the_credentials_in_and_expands_nothing_else() -> None:
    text = signed(
        BEARER,
        Credential("cookie", "`id`"),
        Credential("query", "$(id)"),
        Credential("header", "X-`id`"),
        url="/a?b=$HOME",
        headers={"Cookie": "$HOME"},
    )
    values = "TOKEN=t API_KEY=one API_KEY_2='tw o' API_KEY_3=three"
    done = subprocess.run(
        ["sh", "-c", f'{values}; curl() {{ printf "%s\\n" "$@"; }}; {text}'], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "http://127.0.0.1:8000/a?b=$HOME&%24%28id%29=tw o",
        "-H",
        "Cookie: $HOME; `id`=one",
        "-H",
        "Authorization: Bearer t",
        "-H",
        "X-`id`: three",
    ]


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        (None, SERVER),
        ([], SERVER),
        ("https://a", SERVER),
        ([3], SERVER),
        ([{"url": 3}], SERVER),
        ([{"url": "/"}], SERVER),
        ([{"url": "http://[::1"}], SERVER),
        ([{"url": "/api/v1/"}], f"{SERVER}/api/v1"),
        ([{"url": "api"}], f"{SERVER}/api"),
        ([{"url": "https://a.example.com/v1/"}, {"url": "https://b.example.com"}], "https://a.example.com/v1"),
        (
            [
                {
                    "url": "https://{host}/{base}",
                    "variables": {"host": {"default": "eu.example.com"}, "base": {"default": "v2"}},
                }
            ],
            "https://eu.example.com/v2",
        ),
        ([{"url": "https://a.example.com/\x1b[2J x"}], "https://a.example.com/%1B[2J%20x"),
    ],
)
def test_server_url(servers: Any, expected: str) -> None:
    assert server_url(Contract("a.json", {} if servers is None else {"servers": servers})) == expected
