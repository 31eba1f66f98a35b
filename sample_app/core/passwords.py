"""Password hashes: Argon2id with the library's recommended cost, computed off the event loop."""

import asyncio
import functools

from pwdlib import PasswordHash


@functools.cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@functools.cache
def _hash_of_nobody() -> str:
    return _hasher().hash("no user has this password")


async def hash_password(password: str) -> str:
    """The hash to store for `password`, with its own salt."""
    return await asyncio.to_thread(_hasher().hash, password)


async def verify_password(password: str, stored_hash: str | None) -> bool:
    """Whether `password` belongs to `stored_hash`.

    None, for a user that does not exist, takes as long as a wrong password: the time does not tell who is registered.
    """

    def verify() -> bool:
        matches = _hasher().verify(password, stored_hash or _hash_of_nobody())
        return matches and stored_hash is not None

    return await asyncio.to_thread(verify)
