"""What is known of formats, held against a validator."""

import re

import jsonschema_rs
import pytest

from contractkit.schema.formats import FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_samples_are_of_their_format_and_enough(name: str) -> None:
    known = FORMATS[name]
    shortest, longest = known.lengths
    validator = jsonschema_rs.Draft202012Validator({"type": "string", "format": name}, validate_formats=True)
    assert len(set(known.samples)) == len(known.samples) >= 3
    for sample in known.samples:
        assert validator.is_valid(sample)
        assert re.fullmatch(known.over, sample, re.ASCII)
        assert shortest <= len(sample) <= (len(sample) if longest is None else longest)
