"""Decides whether a receiver accepts everything a sender may send, and finds the value where it does not."""
