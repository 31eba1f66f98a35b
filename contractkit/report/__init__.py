"""A verdict becomes text."""
