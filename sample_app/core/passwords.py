"""Password hashes: Argon2id at the cost that OWASP asks for at least, computed off the event loop.

The library's default takes four threads and 64 MiB for each sign-in: on a server with two cores, a few sign-ins at once
leave nothing for other requests. A hash says itself at which cost it was made, so that the cost can be changed while
passwords stay as they are.
"""

import asyncio
import functools

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_MEMORY_KIB = 19 * 1024
_PASSES = 2
_THREADS = 1
"""The OWASP Password Storage Cheat Sheet, "Argon2id"."""


@functools.cache
def _hasher() -> PasswordHash:
    return PasswordHash([Argon2Hasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_THREADS)])


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
