"""The project's configuration: `[tool.contractkit]` in pyproject.toml, or contractkit.toml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contractkit.model.errors import InputError
from contractkit.model.policy import Policy
from contractkit.model.records import NamedTuple

if TYPE_CHECKING:
    from contractkit.sources.fuzz_config import FuzzConfig
    from contractkit.sources.tables import TableReader

_TEXTS = ("api", "app", "baselines")
_API_KEYS = ("api", "app", "folder")


class Api(NamedTuple):
    """One of the APIs of a project that has several.

    Attributes:
        name: the name of its baseline.
        app: the source of its current contract, meant from `folder`.
        folder: where it is imported or read.
    """

    name: str
    app: str
    folder: Path


class Config(NamedTuple):
    """What the project set for itself.

    Attributes:
        folder: where the configuration file lies; relative sources in it are meant from here. Without a
            configuration file, the folder the search began in.
        file: the configuration file, None if there is none.
        app: the configured source of the current contract, usually `package.module:attr`.
        api: the name of the baseline that belongs to it.
        baselines: the folder of stored baselines, absolute if the search began at an absolute path.
        policy: what is done about findings.
        supported: globs of the stored versions that `--all-baselines` compares with; empty for all.
        mask: names of fields whose values are masked in recordings, besides those that are known.
        apis: the APIs beside that of `app` and `api`, which `diff --all` compares too.
        fuzz_table: the table `fuzz` as it stands, which `fuzz` alone reads.
    """

    folder: Path
    file: Path | None = None
    app: str | None = None
    api: str | None = None
    baselines: Path = Path("baselines")
    policy: Policy = Policy()
    supported: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    apis: tuple[Api, ...] = ()
    fuzz_table: Any = None

    def every_api(self) -> tuple[Api, ...]:
        """Return all APIs of the project, that of `app` and `api` first."""
        own = (Api(self.api, self.app, self.folder),) if self.api and self.app else ()
        return (*own, *self.apis)

    def fuzz(self) -> FuzzConfig:
        """Return what is set for `fuzz`, values from the environment filled in.

        Raises:
            InputError: the table has an unknown key or a wrong value, or a variable is not set.
        """
        from contractkit.sources.fuzz_config import FuzzConfig, fuzz_config

        if self.fuzz_table is None or self.file is None:
            return FuzzConfig()
        prefix = "fuzz." if self.file.name == "contractkit.toml" else "tool.contractkit.fuzz."
        return fuzz_config(str(self.file), self.fuzz_table, prefix)


def load_config(start: Path) -> Config:
    """Return the configuration that holds in the folder `start`.

    The nearest folder, `start` itself and then upwards, that has a contractkit.toml, or a pyproject.toml with a
    `[tool.contractkit]` table, decides alone. Where one folder has both, contractkit.toml counts.

    Raises:
        InputError: the file is no TOML, has an unknown key or a value of the wrong type.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        own = folder / "contractkit.toml"
        if own.is_file():
            return _config(own, _read(own), "")
        shared = folder / "pyproject.toml"
        if shared.is_file() and b"contractkit" in _bytes(shared):
            tool = _read(shared).get("tool")
            if isinstance(tool, dict) and "contractkit" in tool:
                return _config(shared, tool["contractkit"], "tool.contractkit.")
    return Config(folder=start, baselines=start / "baselines")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(str(file), f"cannot be read ({error.strerror})") from error


def _read(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(_bytes(file).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(str(file), f"is not UTF-8 text (byte {error.start})", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        text = str(error)
        place = re.search(r" \(at line (\d+), column (\d+)\)$", text)
        subject, problem = str(file), text
        if place:
            subject, problem = f"{file}:{place[1]}:{place[2]}", text[: place.start()]
        raise InputError(subject, f"not TOML: {problem}", "mend the file there") from error


def _config(file: Path, table: Any, prefix: str) -> Config:
    from contractkit.sources.policy_config import POLICY_KEYS, policy_config
    from contractkit.sources.tables import TableReader

    reader = TableReader(str(file))
    if not prefix and isinstance(table, dict) and "tool" in table:
        mend = "in contractkit.toml the keys stand at the top, without a `[tool.contractkit]` line"
        raise reader.refuse("unknown key `tool`", mend)
    reader.keys(table, tuple(sorted((*_TEXTS, *POLICY_KEYS, "apis", "fuzz", "mask", "supported"))), prefix)
    texts = {key: reader.text(table, key, prefix) for key in _TEXTS}
    for key in _TEXTS:
        if key in table and not texts[key].strip():
            raise reader.refuse(f"`{prefix}{key}` must be a text", f'write {key} = "..."')
    return Config(
        folder=file.parent,
        file=file,
        app=texts["app"] or None,
        api=texts["api"] or None,
        baselines=file.parent / (texts["baselines"] or "baselines"),
        policy=policy_config(reader, table, prefix),
        supported=reader.texts(table, "supported", prefix),
        mask=reader.texts(table, "mask", prefix),
        apis=_apis(reader, table, prefix, file.parent),
        fuzz_table=table.get("fuzz"),
    )


def _apis(reader: TableReader, table: dict[str, Any], prefix: str, folder: Path) -> tuple[Api, ...]:
    names = {table.get("api")} if "app" in table else set()
    found = []
    for row in reader.rows(table, "apis", prefix):
        key = f"{prefix}apis."
        reader.keys(row, _API_KEYS, key)
        texts = {one: reader.text(row, one, key).strip() for one in _API_KEYS}
        for one, example in (("api", "my-shop"), ("app", "my_shop.main:app")):
            if not texts[one]:
                raise reader.refuse(f"a row of `{prefix}apis` has no `{one}`", f'write {one} = "{example}"')
        if texts["api"] in names:
            raise reader.refuse(f"the API `{texts['api']}` is there twice", "give each a name of its own")
        names.add(texts["api"])
        place = folder / texts["folder"]
        if not place.is_dir():
            raise reader.refuse(f"`{key}folder` of `{texts['api']}`: there is no folder {place}", "mend the path")
        found.append(Api(texts["api"], texts["app"], place))
    return tuple(found)
