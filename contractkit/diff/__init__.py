"""Walks two contracts side by side and yields changes."""
