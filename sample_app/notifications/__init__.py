"""Notifications: what happened to a user's account and orders, written once the answer is out."""
