"""Chooses the conversations of a recording: what clients say over each WebSocket, and what comes back.

Each conversation waits for as many messages of the server as there were when it was chosen, so that a slower answer is
no other answer. The same seed gives the same conversations.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from contractkit.fuzz.edit import with_segment
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.session import Session
from contractkit.fuzz.sockets import Socket
from contractkit.fuzz.talk import Step, steps_of, transcript_of, with_steps
from contractkit.fuzz.talks import Talks, hangs

_OTHERS = 2
"""Users besides the main one who open each socket."""
_CHOICE = 40
"""Valid messages of a kind that those of a recording are chosen from."""
_UNKNOWN = "unknown-0"


class SocketPlanner:
    """Has the conversations of a recording in one session, whose log is what they are.

    Args:
        session: a session with a fresh app.
        maker: fills them with what the app gave.
        talks: makes them.
        seed: for all random choices.
        most: how many conversations of one kind a socket gets.
    """

    def __init__(self, session: Session, maker: Maker, talks: Talks, seed: int, most: int) -> None:
        self._session = session
        self._maker = maker
        self._talks = talks
        self._seed = seed
        self._most = most

    def run(self, sockets: Sequence[Socket]) -> list[Exchange]:
        """Have the conversations of some sockets, and return all exchanges to record, in their order."""
        for socket in sockets:
            for request in self._requests(socket):
                if _is_endless(self._session.send(socket, request)):
                    break
        return [replace(one, request=_awaiting(one)) for one in self._session.log if not _is_endless(one)]

    def _requests(self, socket: Socket) -> Iterator[Request]:
        opened = self._talks.opened(socket, self._maker, self._session.identities.main)
        if opened is None:
            return
        base = opened.request
        for name in (*self._session.identities.others(_OTHERS), None):
            yield base.of(name)
        for spec in socket.path_parameters[-1:]:
            if spec.whole:
                yield with_segment(base, spec.index, _UNKNOWN)
        rng = random.Random(f"{self._seed} conversations {socket.key}")
        valid = self._talks.valid(socket, self._session, each=_CHOICE)
        half = (self._most + 1) // 2
        for steps in valid.values():
            # The first are examples and such at the limits, the later ones are random.
            for step in [*steps[:half], *_some(steps[half:], half, rng)]:
                yield with_steps(base, [step])
        firsts: list[Step] = [steps[0] for steps in valid.values() if steps]
        if firsts:
            yield with_steps(base, [*firsts, firsts[0]])
        refused = self._talks.refused(socket) if socket.receive else []
        for step in _some(refused, self._most, rng):
            yield with_steps(base, [step])


def _is_endless(exchange: Exchange) -> bool:
    """Return whether a conversation did not end by itself: how far it came is another each time."""
    transcript = transcript_of(exchange.response)
    return hangs(exchange) or (transcript is not None and not transcript.quiet)


def _some(steps: Sequence[Step], count: int, rng: random.Random) -> list[Step]:
    return rng.sample(steps, min(len(steps), count))


def _awaiting(exchange: Exchange) -> Request:
    """Return the conversation of an exchange with the wait for what came; another request as it is."""
    transcript = transcript_of(exchange.response)
    if transcript is None:
        return exchange.request
    steps = [step for step in steps_of(exchange.request) if "wait" not in step]
    wait: list[Step] = [{"wait": "close"}] if transcript.code is not None else []
    if transcript.code is None and transcript.messages:
        wait = [{"wait": len(transcript.messages)}]
    return with_steps(exchange.request, [*steps, *wait])
