from __future__ import annotations

import fcntl
import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from contractkit.model.errors import InputError
from contractkit.store.files import encode, locked, write_atomically


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")
    path.chmod(0o640)
    write_atomically(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_atomically(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    write_atomically(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"x"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=write_atomically, args=(tmp_path / "pipe", b"x"))
    writer.start()
    assert (tmp_path / "pipe").read_bytes() == b"x"
    writer.join()


def test_a_pipe_behind_a_link_of_the_system_is_written_to(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    (tmp_path / "stdout").symlink_to(f"/dev/fd/{writing}")
    write_atomically(tmp_path / "stdout", b"x")
    os.close(writing)
    assert os.read(reading, 10) == b"x"
    os.close(reading)


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_atomically(tmp_path / "no" / "a.json", b"")
    assert str(caught.value) == (
        f"{tmp_path / 'no' / 'a.json'}: cannot be written (No such file or directory); does its folder exist?"
    )
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="Is a directory"):
        write_atomically(tmp_path / "folder", b"")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_lone_surrogates_are_written_as_json_escapes() -> None:
    assert encode('"\ud800é😀"') == b'"\\ud800\xc3\xa9\xf0\x9f\x98\x80"'


def test_a_writer_is_alone_and_readers_are_not(tmp_path: Path) -> None:
    def free(mode: int) -> bool:
        descriptor = os.open(tmp_path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        return True

    with locked(tmp_path, exclusive=False):
        assert (free(fcntl.LOCK_SH), free(fcntl.LOCK_EX)) == (True, False)
    with locked(tmp_path, exclusive=True):
        assert (free(fcntl.LOCK_SH), free(fcntl.LOCK_EX)) == (False, False)
    assert free(fcntl.LOCK_EX)
    assert list(tmp_path.iterdir()) == []


def _add(folder: str, times: int) -> None:
    path = Path(folder) / "count"
    for _ in range(times):
        with locked(Path(folder), exclusive=True):
            write_atomically(path, str(int(path.read_text()) + 1).encode())


def test_processes_take_turns(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_add, args=(str(tmp_path), 25)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (tmp_path / "count").read_text() == "100"
