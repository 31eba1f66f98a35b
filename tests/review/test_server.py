"""The review page over real HTTP: who gets in, what is done, and what becomes of it on the disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.review.project import contractkit, make, served


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def url(shop: Path) -> Iterator[str]:
    for file in (shop / "baselines/shop").glob("approvals/*"):
        file.unlink()
    with served(shop) as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    """Somebody who was let in."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    with httpx.Client(base_url=origin, headers={"Origin": origin}, follow_redirects=True, trust_env=False) as one:
        assert one.get(url).status_code == 200
        yield one


def form(client: httpx.Client) -> dict[str, str]:
    """The hidden fields of the form below the finding about the maximum, as the page's script fills them in."""
    page = client.get("/").text
    (article,) = [one for one in page.split("<article ")[1:] if "<dd><code>request-maximum-decreased</code>" in one]
    (token,) = set(re.findall(r'name="token" value="([^"]+)"', page))
    return {"id": re.findall(r'^id="([^"]+)"', article)[0], "token": token}


def approvals(shop: Path) -> list[str]:
    return sorted(path.name for path in (shop / "baselines/shop").glob("approvals/*"))


def test_the_address_lets_one_in_once(url: str) -> None:
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    with httpx.Client(base_url=origin, trust_env=False) as stranger:
        assert (stranger.get("/").status_code, stranger.get("/?token=guess").status_code) == (403, 403)
        first = stranger.get(url)
        assert (first.status_code, first.headers["location"]) == (303, "/")
        assert re.fullmatch(
            r"contractkit-review=\S{43}; HttpOnly; Path=/; SameSite=strict", first.headers["set-cookie"]
        )
        page = stranger.get("/")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-frame-options"] == "DENY"
    with httpx.Client(base_url=origin, trust_env=False) as late:
        again = late.get(url)
        assert (again.status_code, again.text) == (
            403,
            "Not for you: this address was used already, or is another run's.\n",
        )
        assert late.get("/").status_code == 403


def test_a_finding_is_approved_and_revoked(client: httpx.Client, shop: Path) -> None:
    fields = form(client)
    page = client.post("/approve", data={**fields, "reason": "agreed", "until": "2090-12-31"})
    assert f"approved {fields['id']} (request-maximum-decreased)" in page.text
    assert approvals(shop) == [f"{fields['id']}.toml"]
    done = contractkit(shop, "diff", "--format", "json")
    assert '"by": "Ann <ann@example.com>"' in done.stdout
    assert '"until": "2090-12-31"' in done.stdout
    assert '"approved": 1' in done.stdout
    page = client.post("/revoke", data=form(client))
    assert f"revoked the approval of {fields['id']} (request-maximum-decreased)" in page.text
    assert approvals(shop) == []


def test_a_finding_is_approved_for_one_operation(client: httpx.Client, shop: Path) -> None:
    fields = form(client)
    page = client.post("/approve", data={**fields, "reason": "agreed", "operation": "POST /orders"})
    assert "approved, but not for PUT /orders/{}" in page.text
    assert len(approvals(shop)) == 1


WRONG = {
    "no reason": ({"reason": " "}, "reason: is empty; say why it may pass"),
    "a day that is over": ({"reason": "x", "until": "2020-01-01"}, "until 2020-01-01: this day is over; name a day"),
    "no day": ({"reason": "x", "until": "soon"}, "until soon: this is no date; write it as 2030-12-31"),
    "another finding": ({"reason": "x", "id": "ck1-0000000000000000"}, "no finding has this id; load the page again"),
    "another operation": ({"reason": "x", "operation": "GET /"}, "does not reach this operation; choose one of the"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_written(client: httpx.Client, shop: Path, case: str) -> None:
    changed, words = WRONG[case]
    page = client.post("/approve", data={**form(client), **changed})
    assert page.status_code == 200
    assert words in page.text
    assert '<p id="said" role="status" class="problem">' in page.text
    assert approvals(shop) == []


def test_other_sites_and_other_hosts_do_nothing(client: httpx.Client, shop: Path) -> None:
    fields = {**form(client), "reason": "x"}
    evil = [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Host": f"localhost:{client.base_url.port}"},
    ]
    for headers in evil:
        assert client.post("/approve", data=fields, headers=headers).status_code == 403, headers
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 403
    without = httpx.Request("POST", client.base_url.join("/approve"), data=fields, headers={"Cookie": "x=1"})
    with httpx.Client(trust_env=False) as other:
        assert other.send(without).status_code == 403
        origin = str(client.base_url).rstrip("/")
        stranger = other.post(f"{origin}/approve", data=fields, headers={"Origin": origin})
        assert stranger.status_code == 403
    assert client.post("/approve", data={**fields, "token": "guess"}).status_code == 403
    assert client.get("/approve").status_code == 405
    assert approvals(shop) == []


def test_a_form_without_end_is_refused(client: httpx.Client) -> None:
    answer = client.post("/approve", content=b"reason=" + b"x" * 100_000)
    assert (answer.status_code, answer.text) == (413, "the form is too large\n")
    assert client.post("/approve", content=b"\xff\xfe=1").status_code == 400


def test_a_report_can_be_shown_without_comparing(shop: Path, tmp_path: Path) -> None:
    assert contractkit(shop, "diff", "--format", f"json:{tmp_path}/report.json").returncode == 1
    (shop / "page.html").unlink(missing_ok=True)
    done = contractkit(shop, "review", "--report", f"{tmp_path}/report.json", "--html", "page.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    page = (shop / "page.html").read_text()
    assert page.count("data-state=") == 2
    assert "<form method" not in page
    assert "form-action 'none'" in page


BAD = {
    ("--report", "none.json"): "none.json: no such file; name a file that `contractkit diff` or `contractkit fuzz` "
    "wrote with --format json:FILE",
    ("--by", " "): "--by: is empty; say who approves",
    ("no.json",): "no.json: no such file; check its name",
}


@pytest.mark.parametrize("words", BAD)
def test_bad_input_is_one_line(shop: Path, words: tuple[str, ...]) -> None:
    done = contractkit(shop, "review", "--no-browser", *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"contractkit: {BAD[words]}\n")
