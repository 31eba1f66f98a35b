"""The first configuration of a project, put behind what its pyproject.toml holds already."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

from contractkit.model.errors import InputError

_HELP = """\
# baselines = "baselines"  # the folder of the stored contracts
# fail-on = "breaking"     # or "risky", or "never"
"""


class NewConfig(NamedTuple):
    """A file that is to be written.

    Attributes:
        file: pyproject.toml where there is one, else contractkit.toml.
        before: what it holds now.
        packaged: whether it describes a package that pip can install.
    """

    file: Path
    before: bytes
    packaged: bool

    def text(self, app: str, api: str) -> bytes:
        """Return the whole file with the project's table at its end; all that was there stays byte for byte.

        Args:
            app: the source of the current contract.
            api: the name of its baseline.

        Raises:
            InputError: the file is written so that no table can be added.
        """
        from contractkit.store.record import toml_text

        keys = f"app = {toml_text(app)}\napi = {toml_text(api)}\n{_HELP}"
        if self.file.name != "pyproject.toml":
            return keys.encode()
        gap = "" if not self.before else "\n" if self.before.endswith(b"\n") else "\n\n"
        added = f"{gap}[tool.contractkit]\n{keys}"
        whole = self.before + (added.replace("\n", "\r\n") if b"\r\n" in self.before else added).encode()
        try:
            tomllib.loads(whole.decode("utf-8-sig"))
        except tomllib.TOMLDecodeError:
            problem = "has a `tool` that no table can be added to"
            raise InputError(str(self.file), problem, "write it as `[tool.NAME]` tables") from None
        return whole


def new_config(folder: Path) -> NewConfig:
    """Return the file of a folder that the configuration belongs into.

    Raises:
        InputError: its pyproject.toml cannot be read, or is no TOML.
    """
    file = folder / "pyproject.toml"
    try:
        before = file.read_bytes()
    except FileNotFoundError:
        return NewConfig(folder / "contractkit.toml", b"", False)
    except OSError as error:
        raise InputError(str(file), f"cannot be read ({error.strerror})") from None
    try:
        table = tomllib.loads(before.decode("utf-8-sig"))
    except ValueError as error:
        raise InputError(str(file), f"not TOML: {error}", "mend the file first") from None
    return NewConfig(file, before, "project" in table)
