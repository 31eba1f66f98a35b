"""Signing in: password login, refresh tokens that rotate, revocation, and who is calling."""
