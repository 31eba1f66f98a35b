from contractkit.fuzz.findings import Veil
from contractkit.fuzz.identities import User
from contractkit.fuzz.message import Exchange, Request, Response

USERS = (User("alice", username="alice", password="hunter2!"), User("bot", headers=(("X-Key", "key-12345"),)))


def test_secrets_are_in_no_part_of_a_step() -> None:
    login = Request("POST", "/token?again=hunter2!", (("X-Note", "key-12345"),), b"password=hunter2!", identity="bot")
    answer = Response(200, (("Set-Cookie", "sid=abc; Path=/"),), b'{"access_token": "tok", "said": "hunter2!"}')
    headers = (*answer.headers, ("Content-Type", "application/json"))
    step = Veil(USERS).step(Exchange("POST /token", login, Response(200, headers, answer.body)))
    assert (step.url, step.headers, step.body, step.raw) == (
        "/token?again=***",
        {"X-Note": "***"},
        "password=***",
        b"password=***",
    )
    assert step.credentials == {"X-Key": "$BOT_X_KEY"}
    assert step.answer == {"access_token": "***", "said": "***"}
    assert step.answer_headers == {"Set-Cookie": "sid=***; Path=/", "Content-Type": "application/json"}


def test_what_is_nested_deep_is_cut_and_keeps_its_secrets() -> None:
    deep = '{"access_token": "tok", "below": ' * 900 + "1" + "}" * 900
    headers = (("Content-Type", "application/json"),)
    request = Request("POST", "/trees", headers, deep.replace("tok", "hunter2!").encode(), identity="alice")
    step = Veil(USERS).step(Exchange("POST /trees", request, Response(200, headers, deep.encode())))
    shown, levels = step.answer, 0
    while shown != "…":
        assert shown["access_token"] == "***"
        shown, levels = shown["below"], levels + 1
    assert levels == 100
    assert step.raw == deep.replace("tok", "***").encode()
    assert isinstance(step.body, str)
    assert "hunter2!" not in step.body
