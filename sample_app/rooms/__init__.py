"""Rooms: chat within a tenant, by WebSocket. Nothing is kept."""
