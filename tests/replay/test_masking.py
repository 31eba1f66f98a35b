"""What must not be written into a cassette."""

import base64
import json

from contractkit.fuzz.findings import Veil
from contractkit.fuzz.identities import User
from contractkit.fuzz.message import Exchange, Request, Response
from contractkit.replay.masking import Masks

USERS = (User("ann", username="ann", password="Pass word/7"), User("key", (("X-Key", "k-123456"),)))


def test_answers_are_masked_by_name_and_by_value() -> None:
    value = {
        "id": 1,
        "access_token": "abc",
        "contact": {"email": "a@b.example", "className": "tea"},
        "echo": "k-123456",
    }
    masked = {"id": 1, "access_token": "<masked>", "contact": {"email": "<masked>", "className": "tea"}}
    assert Masks(USERS).answer(value) == (
        {**masked, "echo": "<masked>"},
        ["/access_token", "/contact/email", "/echo"],
    )


def test_requests_hold_placeholders_and_stand_ins() -> None:
    masks = Masks(USERS, ["nickname"])
    value = {"email": "zoe@shop.example", "again_email": "zoe@shop.example", "nickname": "Zoë 1", "password": "Other-1"}
    assert masks.request(value) == {
        "email": "person-1@example.com",
        "again_email": "person-1@example.com",
        "nickname": "xxx 5",
        "password": "Stand-in-2-secret",
    }
    assert masks.form("username=ann&password=Pass+word%2F7") == "username=ann&password={{ann.password}}"
    assert masks.revealed("password={{ann.password}}") == "password=Pass word/7"
    assert list(masks.headers([("Authorization", "Bearer other"), ("X-Key", "k-123456"), ("Accept", "*/*")])) == [
        ("Authorization", "stand-in"),
        ("X-Key", "{{key.x-key}}"),
        ("Accept", "*/*"),
    ]


def test_a_stand_in_is_as_valid_as_what_it_stands_for() -> None:
    masks = Masks()
    for value, stand_in in {
        "1990-02-28": "1985-05-15",
        "2001-12-31T10:00:00Z": "1985-05-15T10:00:00Z",
        "1990-02-30x": "1985-05-15x",
        "1990-13-01": "5555-55-55",
        "28.2.1990": "55.5.5555",
    }.items():
        assert masks.request({"birth_date": value}) == {"birth_date": stand_in}


def test_cookies_that_the_contract_knows_are_kept_unless_they_are_secret() -> None:
    cookie = ("Cookie", "speed=fast; session_id=s-1; other=o-1; token={{token}}")
    assert list(Masks().headers([cookie], frozenset({"speed", "session_id"}))) == [
        ("Cookie", "speed=fast; session_id=stand-in; other=stand-in; token={{token}}")
    ]


def test_what_binary_messages_hold_is_masked_as_text_is() -> None:
    def binary(text: str) -> dict[str, str]:
        return {"base64": base64.b64encode(text.encode()).decode()}

    said = [binary('{"access_token": "abc"}'), binary("it was k-123456"), binary('{"id": 1}'), binary("\x00tea")]
    masked = {"base64": "<masked>"}
    assert Masks(USERS).answer({"messages": said}) == (
        {"messages": [masked, masked, *said[2:]]},
        ["/messages/0/base64", "/messages/1/base64"],
    )
    assert Masks(USERS).request([binary("k-123456"), binary("tea")]) == [binary("{{key.x-key}}"), binary("tea")]
    heard = Response(101, (("content-type", "application/json"),), json.dumps({"messages": said}).encode())
    assert Veil(USERS).step(Exchange("WS /a", Request("WS", "/a"), heard)).answer == {
        "messages": [said[0], {"base64": "***"}, *said[2:]]
    }
