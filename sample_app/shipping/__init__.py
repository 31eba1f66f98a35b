"""Shipping: what it costs to deliver, by zone."""
