"""Tickets: what customers ask the shop, with a picture or a document if they like."""
