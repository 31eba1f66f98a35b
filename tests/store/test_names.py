from __future__ import annotations

import random

import pytest

from contractkit.model.errors import InputError
from contractkit.store.names import check_name, slug, version_folder, version_key


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("My Shop API (v2)", "my-shop-api-v2"),
        ("Ålesund  Ferry", "alesund-ferry"),
        ("", "api"),
        ("日本", "api"),
        ("../../etc", "etc"),
        ("x" * 200, "x" * 100),
    ],
)
def test_slugs_are_names(title: str, name: str) -> None:
    assert slug(title) == name
    assert check_name(slug(title)) == name


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a b", "a:b", "-x", "x" * 101, "ü", "a\n", "*"])
def test_names_that_could_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="is no name for an API"):
        check_name(name)


@pytest.mark.parametrize(
    ("version", "folder"),
    [
        ("1.2.0", "1.2.0"),
        ("1.0.0-rc.1+build!5~x", "1.0.0-rc.1+build!5~x"),
        ("2024-01-01", "2024-01-01"),
        ("..", "%2E."),
        (".x", "%2Ex"),
        ("../../x", "%2E.%2F..%2Fx"),
        ("a/b\\c", "a%2Fb%5Cc"),
        ("1 beta", "1%20beta"),
        ("ü%", "%C3%BC%25"),
        ("approvals", "%61pprovals"),
    ],
)
def test_versions_as_folders(version: str, folder: str) -> None:
    assert version_folder(version) == folder


@pytest.mark.parametrize("version", ["", " ", "1" * 151])
def test_versions_that_cannot_be_stored(version: str) -> None:
    with pytest.raises(InputError, match="--version"):
        version_folder(version)


def test_versions_are_in_their_order() -> None:
    ordered = [
        "dev", "nightly", "0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0",
        "v1.0.1", "1.2", "1.10.0", "2.0rc1", "2.0", "10", "2023-12-31", "2024-01-01", "2024-10", "2024-10-02",
    ]  # fmt: skip
    shuffled = ordered[:]
    random.Random(1).shuffle(shuffled)
    captured = {version: f"2024-01-01T00:00:{index:02}Z" for index, version in enumerate(ordered)}
    assert sorted(shuffled, key=lambda version: version_key(version, captured[version])) == ordered


def test_equal_versions_are_in_the_order_of_their_capture() -> None:
    assert version_key("1.0", "2024") < version_key("1", "2025")
    assert version_key("1.0.0+a", "2025") > version_key("1.0.0+b", "2024")


def test_a_hostile_version_takes_no_time() -> None:
    assert version_key("1." * 100_000 + "!", "")[0] == 0
