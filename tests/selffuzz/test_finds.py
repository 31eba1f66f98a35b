"""What the fuzzing of the readers found, and that each of its targets reads what it begins with."""

import contextlib
import json
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from contractkit.api.comparing import diff
from contractkit.api.deep import run_deep
from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.replay.cassette import from_text
from contractkit.replay.har import read_traffic
from contractkit.report.reading import read_reports
from contractkit.sources.options import LoadOptions
from tests.selffuzz import corpus
from tests.selffuzz.mutation import Mutator
from tests.selffuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_reads_what_it_begins_with(name: str, tmp_path: Path) -> None:
    for seed in TARGETS[name].seeds():
        run_deep(partial(TARGETS[name].run, seed, tmp_path))


@pytest.mark.parametrize("name", ["cassette", "har", "report", "config", "approval"])
def test_what_is_changed_is_read_or_refused(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]
    refused = 0
    for seed in target.seeds():
        for number in range(20):
            data = Mutator(Random(zlib.crc32(seed) + number)).data(seed, target.form)
            try:
                run_deep(partial(target.run, data, tmp_path))
            except (InputError, RecursionError):
                refused += 1
    assert refused


FINDS = sorted((Path(__file__).parent / "finds").glob("*/*"))


@pytest.mark.parametrize("file", FINDS, ids=lambda file: file.stem)
def test_what_was_found_is_read_or_refused(file: Path, tmp_path: Path) -> None:
    with contextlib.suppress(InputError):
        run_deep(partial(TARGETS[file.parent.name].run, file.read_bytes(), tmp_path))


@pytest.mark.parametrize(
    ("path", "notice"),
    [
        (("operations", "say", "messages"), "/operations/say/messages"),
        (("operations", "say", "reply"), "/operations/say/reply/messages"),
        (("operations", "say", "security"), "/operations/say/security"),
    ],
)
def test_what_is_no_list_in_an_asyncapi_document_is_set_aside(
    path: tuple[str, ...], notice: str, tmp_path: Path
) -> None:
    document = json.loads(corpus.asyncapi()[0])
    *above, last = path
    holder = document
    for key in above:
        holder = holder[key]
    holder[last] = {"messages": 7} if last == "reply" else 7
    (tmp_path / "chat.json").write_text(json.dumps(document))
    verdict = diff("chat.json", "chat.json", config=False, options=LoadOptions(root=tmp_path))
    told = "a list was expected; it is read as if nothing stood there"
    assert Notice(notice, told) in verdict.base.warnings


def test_names_of_messages_that_are_no_texts_are_passed_over(tmp_path: Path) -> None:
    document = json.loads(corpus.asyncapi()[0])
    (tmp_path / "plain.json").write_text(json.dumps(document))
    document["channels"]["room"]["x-refusal"] += [[], {}, None]
    (tmp_path / "odd.json").write_text(json.dumps(document))
    assert diff("plain.json", "odd.json", config=False, options=LoadOptions(root=tmp_path)).findings == ()


def _har(text: str, folder: Path) -> object:
    (folder / "a.har").write_text(text, encoding="utf-8")
    return read_traffic(folder / "a.har", "a.har")


def _cassette(text: str, folder: Path) -> object:
    return from_text("a", text, "a.json")


def _report(text: str, folder: Path) -> object:
    return read_reports(json.loads(text), "a.json")


@pytest.mark.parametrize(
    ("read", "kind", "before", "after", "problem"),
    [
        (_har, "har", '"status": 200', '"status": 1e999', "a.har: entry 1 cannot be read (OverflowError: "),
        (_cassette, "cassette", '"status": 201', '"status": 1e999', "a.json: step 1 cannot be read (OverflowError: "),
        (_cassette, "cassette", "1500000000.0", f"1{'0' * 400}", "a.json: step 4 cannot be read (OverflowError: "),
        (
            _report,
            "report",
            '"seconds": 1.5',
            f'"seconds": 1{"0" * 400}',
            "a.json: this is no report: `seconds`",
        ),
    ],
)
def test_numbers_that_no_number_holds_are_refused(
    read: Callable[[str, Path], object], kind: str, before: str, after: str, problem: str, tmp_path: Path
) -> None:
    text = corpus.kept(kind)[0].decode()
    assert before in text
    with pytest.raises(InputError) as caught:
        read(text.replace(before, after, 1), tmp_path)
    assert str(caught.value).startswith(problem)
