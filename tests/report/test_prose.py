"""Messages as sentences of Markdown: what is no plain word is a code span."""

import pytest

from contractkit.report.markdown import prose


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("`POST /x` asks for more", "`POST /x` asks for more"),
        ('asks for ["bearer token in A"]', 'asks for `["bearer token in A"]`'),
        ('may be {"a b": 1} too', 'may be `{"a b": 1}` too'),
        ("rose from 1 to a_b.", "rose from 1 to `a_b`."),
        ("two  spaces", "two  spaces"),
    ],
)
def test_a_message_is_a_sentence(message: str, text: str) -> None:
    assert prose(message) == text
