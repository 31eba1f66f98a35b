"""Addresses: where a user wants orders delivered."""
