"""Probes: is the process alive, and may it be given traffic."""
