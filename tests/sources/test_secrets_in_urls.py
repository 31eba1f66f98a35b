"""What of a URL may stand in reports and stored records."""

import pytest

from contractkit.sources.fetch import without_password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://h/x", "http://h/x"),
        ("http://user:pw@h/x", "http://***@h/x"),
        ("http://h/x?a=1&api_key=k&b=2", "http://h/x?a=1&api_key=***&b=2"),
        ("http://h/x?X-Amz-Signature=s#f", "http://h/x?X-Amz-Signature=***#f"),
        ("http://u:p@h/x?TOKEN=t", "http://***@h/x?TOKEN=***"),
        ("http://h/x?monkey", "http://h/x?monkey"),
        ("C:/secret.json", "C:/secret.json"),
    ],
)
def test_secrets_are_masked(url: str, shown: str) -> None:
    assert without_password(url) == shown
