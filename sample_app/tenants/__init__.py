"""Tenants: the companies that share this installation and must never see each other's data."""
