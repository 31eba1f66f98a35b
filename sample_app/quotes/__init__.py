"""Quotes: what an order would cost, delivery included. Nothing is kept."""
