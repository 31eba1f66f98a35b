"""Availability: whether a product can be had, for displays that ask often."""
