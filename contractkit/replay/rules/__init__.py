"""The rules of recorded behaviour: one a file, which is also its page."""
