"""Requests are made smaller as long as they show what they show; secrets in them are never cut."""

from contractkit.fuzz.message import Request
from contractkit.fuzz.reduce import reduced

JSON = (("content-type", "application/json"),)
FORM = (("content-type", "application/x-www-form-urlencoded"),)


def test_a_body_that_is_no_json_becomes_as_short_as_it_can_be() -> None:
    request = Request("POST", "/a?x=1", JSON, b'{"name": "some text \xb9 and more of it", "n": 5')
    found = reduced(request, lambda one: b"\xb9" in (one.body or b""))
    assert (found.target, found.body) == ("/a", b"\xb9")


def test_a_secret_stays_whole_or_goes() -> None:
    def hides(text: str) -> bool:
        return "correct-horse" in text

    form = Request("POST", "/login", FORM, b"username=ann&password=correct-horse")
    assert reduced(form, lambda one: b"horse" in (one.body or b""), whole=hides) == form
    value = Request("POST", "/login?pass=correct-horse", JSON, b'{"password": "correct-horse", "note": "something"}')
    found = reduced(value, lambda one: b"horse" in (one.body or b"") and "horse" in one.target, whole=hides)
    assert (found.target, found.json) == ("/login?pass=correct-horse", {"password": "correct-horse"})
    assert reduced(value, lambda one: True, whole=hides) == Request("POST", "/login", JSON, b"{}")
