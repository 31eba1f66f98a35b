"""Files and whole trees at a git revision. Only reads; nothing in the repository's own checkout changes."""

from __future__ import annotations

import difflib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from contractkit.model.errors import InputError


@dataclass(frozen=True, slots=True)
class Worktree:
    """A revision checked out for a while.

    Attributes:
        top: the top of the temporary checkout.
        folder: the folder in it that stands for the one the user is in.
        repository: the top of the user's own checkout.
    """

    top: Path
    folder: Path
    repository: Path


class Repository:
    """The git repository that holds a folder.

    Args:
        folder: any folder in the checkout.
        timeout: seconds that each git command may take.
        subject: the source, for errors.

    Raises:
        InputError: git is not installed, or the folder is in no checkout.
    """

    def __init__(self, folder: Path, timeout: float, subject: str) -> None:
        self._folder = folder
        self._timeout = timeout
        self._subject = subject
        done = self._git("rev-parse", "--show-toplevel", "--show-prefix")
        if done.returncode:
            problem = f"git cannot be asked in {folder} ({_last_line(done.stderr)})"
            raise InputError(subject, problem, "run it in a git checkout")
        top, prefix = os.fsdecode(done.stdout).split("\n")[:2]
        self.top = Path(top)
        self.prefix = PurePosixPath(prefix)

    def commit(self, ref: str) -> str:
        """Return the full hash of the commit that `ref` names.

        Raises:
            InputError: there is no such revision; the mend names the nearest branches and tags.
        """
        if not ref.startswith("-"):  # git takes it for an option
            done = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
            if done.returncode == 0:
                return done.stdout.decode().strip()
        refs = self._git("for-each-ref", "--format=%(refname:short)").stdout.decode(errors="replace").split()
        near = difflib.get_close_matches(ref, refs, n=3)
        mend = "in a shallow clone, `git fetch --unshallow --tags` first"
        if near:
            mend = f"did you mean {', '.join(near)}?"
        raise InputError(self._subject, f"git knows no revision `{ref}`", mend)

    def read(self, commit: str, path: str) -> bytes | None:
        """Return the bytes of a regular file at a commit, or None: no such file, a folder, a symbolic link.

        Args:
            commit: a commit's hash.
            path: from the top of the repository, without `.` and `..`.
        """
        listed = self._git("ls-tree", "-z", "--full-tree", commit, "--", f":(literal){path}")
        meta, _, name = os.fsdecode(listed.stdout).rstrip("\0").partition("\t")
        if name != path or not meta.startswith("100"):
            return None
        return self._git("cat-file", "blob", meta.split()[2]).stdout

    @contextmanager
    def worktree(self, commit: str) -> Iterator[Worktree]:
        """Check the commit out into a temporary folder, which is removed however this process ends.

        The removal is the work of a small shell that waits for the end of a pipe from here: it runs after a failure, a
        signal, even after this process was killed. Hooks of the repository do not run.
        """
        holder = Path(tempfile.mkdtemp(prefix="contractkit-"))
        top = holder / "tree"
        janitor = subprocess.Popen(
            ["sh", "-c", _JANITOR, "sh", str(self.top), str(top), str(holder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        try:
            hooks = f"core.hooksPath={os.devnull}"
            done = self._git("-c", hooks, "worktree", "add", "--detach", "--force", str(top), commit)
            if done.returncode:
                raise InputError(self._subject, f"git cannot check {commit[:12]} out ({_last_line(done.stderr)})")
            folder = top / self.prefix
            if not folder.is_dir():
                problem = f"the folder {self.prefix} does not exist at {commit[:12]}"
                raise InputError(self._subject, problem, "run it in a folder that does")
            yield Worktree(top, folder, self.top)
        finally:
            assert janitor.stdin is not None
            janitor.stdin.close()
            janitor.wait()

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", str(self._folder), *arguments]
        try:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=self._timeout,
                env=_environment(),
            )
        except FileNotFoundError:
            raise InputError(self._subject, "git is not installed", "install git, or name a file") from None
        except subprocess.TimeoutExpired:
            problem = f"git {arguments[0]} took longer than {self._timeout:g} s"
            raise InputError(self._subject, problem, "give it more with --timeout") from None


_JANITOR = """
read -r _
git -C "$1" worktree remove --force --force "$2" || { rm -rf "$3"; git -C "$1" worktree prune; }
rm -rf "$3"
"""


def _environment() -> dict[str, str]:
    """Return the environment for git: as it is, but without what a hook is told of the repository that runs it.

    In a hook GIT_INDEX_FILE names the user's own index, which `git worktree add` would overwrite.
    """
    of_a_hook = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}
    kept = {name: value for name, value in os.environ.items() if name not in of_a_hook}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def commit_of(folder: Path, ref: str = "HEAD") -> str:
    """Return the hash of the commit that a revision names around a folder; empty where there is none."""
    try:
        return Repository(folder, 10.0, str(folder)).commit(ref)
    except InputError:
        return ""


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no reason given"
