"""Recorded behaviour: the way from a version to cassettes, and from cassettes and another version to a verdict."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from contractkit.api.fuzzing import Aim, base_path_of
from contractkit.api.project import api_of, approvals_of, config_of, policy_of, today
from contractkit.api.socket_contract import with_sockets
from contractkit.api.users import users_of
from contractkit.model.errors import InputError
from contractkit.model.records import replace

if TYPE_CHECKING:
    from contractkit.fuzz.identities import User
    from contractkit.fuzz.message import Exchange
    from contractkit.fuzz.options import Options
    from contractkit.model.contract import Contract
    from contractkit.model.fuzz import FuzzVerdict
    from contractkit.replay.cassette import Cassette
    from contractkit.replay.masking import Masks
    from contractkit.sources.config import Config
    from contractkit.sources.options import LoadOptions
    from contractkit.store.cassettes import CassetteStore

NAME = "main"
"""What a recording is called where it has no other name."""
Loaded = Callable[["Contract"], None]
Told = Callable[[int], None]


@dataclass(frozen=True)
class Recorded:
    """A recording that was stored.

    Attributes:
        folder: where it lies.
        baseline: the stored contract that it belongs to, as a source.
        cassettes: how many cassettes it has.
        requests: how many requests they hold.
        steady: how many of those are compared; the answers of the others were another one each time.
    """

    folder: Path
    baseline: str
    cassettes: int
    requests: int
    steady: int


def record(
    target: str | None = None,
    *,
    base_url: str | None = None,
    name: str = NAME,
    users: Sequence[User] | None = None,
    seed: int = 0,
    requests: int | None = None,
    personal: Sequence[str] = (),
    heard: Mapping[str, Sequence[Exchange]] | None = None,
    har: str | None = None,
    workers: int | None = None,
    request_timeout: float = 10.0,
    config: bool | Config = True,
    options: LoadOptions | None = None,
    loaded: Loaded = lambda _: None,
    told: Told = lambda _: None,
) -> Recorded:
    """Record how a version answers, and store it beside its contract, as `contractkit record` does.

    Args:
        target: what is recorded: `package.module:app`, or the document of an API with `base_url`; the configured app
            if left out.
        base_url: the server to send requests to.
        name: what the recording is called; one of this name is replaced.
        users: who requests are sent as, the main one first; the configured ones if left out.
        seed: the same seed chooses the same requests.
        requests: how many requests of one kind an operation gets.
        personal: names of fields whose values are masked, besides those that are known.
        heard: the requests to play, with their answers, by the name of their cassette; chosen here if left out.
        har: a file of recorded traffic whose requests are played; see `contractkit.replay.har`.
        workers: how many processes; the number of cores if left out.
        request_timeout: seconds a request may take.
        config: whether the configuration of the project counts; see `contractkit.diff`.
        options: how to load the contract.
        loaded: told of the contract once it is loaded.
        told: told of so many requests more that were sent.

    Raises:
        InputError: something that was given or configured cannot be used, the app cannot be run, or another contract
            is stored for this version.
    """
    from contractkit.fuzz.run import cores
    from contractkit.replay.record import DEFAULT_REQUESTS, retold
    from contractkit.replay.record import record as recorded

    bench = _Bench(target, base_url, users, personal, config, options, loaded, seed=seed, timeout=request_timeout)
    if har is not None:
        from contractkit.replay.har import read_traffic
        from contractkit.store.names import slug

        heard = {slug(Path(har).stem): read_traffic(Path(har), har)}
    store = bench.store()
    count = workers or cores()
    if heard is not None:
        cassettes = retold(bench.options, heard, masks=bench.masks, workers=count, told=told)
    else:
        most = requests or DEFAULT_REQUESTS
        cassettes = recorded(bench.options, masks=bench.masks, workers=count, most=most, told=told)
    return keep(store, name, cassettes)


def keep(store: CassetteStore, name: str, cassettes: Sequence[Cassette]) -> Recorded:
    """Store cassettes as a recording.

    Raises:
        InputError: there are none, or they cannot be written.
    """
    from contractkit.replay.cassette import to_text

    baseline = f"@{store.baseline.name}:{store.baseline.version}"
    if not cassettes:
        raise InputError("record", "there is nothing to record", "does the app take any request?")
    folder = store.save(name, {one.name: to_text(one) for one in cassettes})
    steps = [step for one in cassettes for step in one.steps]
    steady = sum(step.expected is not None for step in steps)
    return Recorded(folder, baseline, len(cassettes), len(steps), steady)


def replay(
    target: str | None = None,
    *,
    base: str | None = None,
    base_url: str | None = None,
    name: str = NAME,
    users: Sequence[User] | None = None,
    personal: Sequence[str] = (),
    workers: int | None = None,
    request_timeout: float = 10.0,
    config: bool | Config = True,
    fail_on: str | None = None,
    options: LoadOptions | None = None,
    loaded: Loaded = lambda _: None,
    told: Told = lambda _: None,
) -> FuzzVerdict:
    """Play a recording on another version, and name what it answers otherwise, as `contractkit replay` does.

    Args:
        target: what is called; see `record`.
        base: the stored contract whose recording is played, `@NAME` or `@NAME:VERSION`; the configured API's latest
            if left out.
        base_url: the server to send requests to.
        name: what the recording is called.
        users: who requests are sent as; users of the recorded names, as configured, if left out.
        personal: names of fields whose values are masked in reports.
        workers: how many processes; the number of cores if left out.
        request_timeout: seconds a request may take.
        config: whether the configuration of the project counts; see `contractkit.diff`.
        fail_on: from which severity on a finding fails (`breaking`, `risky` or `never`), whatever is configured.
        options: how to load the contract.
        loaded: told of the contract once it is loaded.
        told: told of so many requests more that were sent.

    Raises:
        InputError: something that was given or configured cannot be used, there is no recording, or the app cannot be
            run.
    """
    from contractkit.fuzz.findings import Veil
    from contractkit.fuzz.run import cores
    from contractkit.judge.fuzz_standing import settle_fuzz
    from contractkit.model.fuzz import FuzzVerdict, OperationResult
    from contractkit.model.verdict import SideInfo
    from contractkit.replay.findings import findings_of
    from contractkit.replay.replay import replay as replayed
    from contractkit.store.baselines import BaselineStore

    bench = _Bench(target, base_url, users, personal, config, options, loaded, seed=0, timeout=request_timeout)
    policy = policy_of(bench.config, fail_on)
    store, api = bench.recorded(base)
    cassettes = _read(store, name)
    _check_users(cassettes, bench.users, store)
    started = time.perf_counter()
    outcome, unstable = replayed(bench.options, cassettes, masks=bench.masks, workers=workers or cores(), told=told)
    veil = Veil(bench.users)
    keys = sorted({*outcome.sent, *(operation for operation, _ in outcome.unplayed)})
    left = {operation: why for operation, why in outcome.unplayed if not outcome.sent[operation]}
    notes = () if not outcome.unplayed else (_unplayed(outcome.unplayed),)
    contract = BaselineStore(bench.config.baselines).contract(api, store.baseline.version)
    verdict = FuzzVerdict(
        kind="replay",
        contract=SideInfo(contract),
        revision=SideInfo(bench.contract),
        target=bench.shown,
        findings=findings_of(outcome.causes, veil, bench.masks),
        unstable=findings_of(unstable, veil, bench.masks),
        operations=tuple(
            OperationResult(key, outcome.sent[key], outcome.statuses.get(key, {}), left.get(key, "")) for key in keys
        ),
        requests=outcome.sent.total(),
        seconds=time.perf_counter() - started,
        seed=0,
        notes=notes,
    )
    return settle_fuzz(verdict, policy, approvals_of(bench.config, api), today=today())


def _unplayed(rows: Sequence[tuple[str, str]]) -> str:
    count = len(rows)
    return f"{count} request{'' if count == 1 else 's'} could not be sent: {rows[0][1]} ({rows[0][0]})"


def _read(store: CassetteStore, name: str) -> list[Cassette]:
    from contractkit.replay.cassette import from_text

    return [from_text(file.stem, text, str(file)) for file, text in store.texts(name).items()]


def _check_users(cassettes: Sequence[Cassette], users: Sequence[User], store: CassetteStore) -> None:
    known = {user.name for user in users}
    for cassette in cassettes:
        for step in cassette.steps:
            if step.user is not None and step.user not in known:
                problem = f"the recording is of a user `{step.user}`, who is not configured"
                raise InputError(str(store.folder), problem, "set the user in [[tool.contractkit.fuzz.users]]")


class _Bench:
    """What a recording and a replay have in common: what is called, as whom, and what is masked."""

    def __init__(
        self,
        target: str | None,
        base_url: str | None,
        users: Sequence[User] | None,
        personal: Sequence[str],
        config: bool | Config,
        options: LoadOptions | None,
        loaded: Loaded,
        *,
        seed: int,
        timeout: float,
    ) -> None:
        from contractkit.fuzz.http import ensure_reachable
        from contractkit.fuzz.options import Options, UrlTarget
        from contractkit.replay.masking import Masks
        from contractkit.sources.options import LoadOptions

        chosen = options or LoadOptions()
        self.config = config_of(config, chosen.root)
        self.users = users_of((), (), self.config.fuzz()) if users is None else tuple(users)
        self.masks: Masks = Masks(self.users, (*self.config.mask, *personal))
        # With its WebSockets: they are part of the stored contract that the recording belongs to.
        whole = replace(chosen, baselines=self.config.baselines, sockets=True)
        aim = Aim(target, base_url, self.config, whole, "record")
        self.source, self.shown = aim.source or "", aim.shown
        promise, mend = aim.promise(None, None), "contractkit.websocket.serve_docs serves one"
        self.contract = with_sockets(promise, aim.source, aim.source, aim.target, aim.options, mend=mend)
        loaded(self.contract)
        if isinstance(aim.target, UrlTarget):
            ensure_reachable(aim.target.base_url, timeout)
        self.options: Options = Options(
            contract=self.contract,
            target=aim.target,
            base_path=base_path_of(None, base_url),
            users=self.users,
            seed=seed,
            timeout=timeout,
            verbose=chosen.verbose,
        )

    def store(self) -> CassetteStore:
        """Return where a recording of the contract is to lie, which is stored if no contract of its version is."""
        from contractkit.store.baselines import BaselineStore
        from contractkit.store.cassettes import CassetteStore

        api = api_of(self.config, self.source, self.contract.title)
        version = self.contract.version
        if not version.strip():
            raise InputError(self.contract.source, "the document has no info.version", "set it: recordings lie by it")
        store = BaselineStore(self.config.baselines)
        store.save(self.contract, api, version)
        return CassetteStore(store, api, version)

    def recorded(self, base: str | None) -> tuple[CassetteStore, str]:
        """Return where the recording that is played lies, and the name of its API."""
        from contractkit.store.baselines import BaselineStore
        from contractkit.store.cassettes import CassetteStore

        if base is not None and not base.startswith("@"):
            raise InputError(base, "is no stored contract", "write @NAME or @NAME:VERSION")
        api = api_of(self.config, base or self.source, self.contract.title)
        version = (base or "").partition(":")[2] or None
        return CassetteStore(BaselineStore(self.config.baselines), api, version), api
