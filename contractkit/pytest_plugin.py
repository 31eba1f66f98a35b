"""The pytest plugin: nothing until `--contractkit`, `--contractkit-fuzz` or the ini keys of these names ask for it.

Then there is a test that compares the configured baseline with the app, and one for each operation that is fuzzed. Each
of those is worked on by itself, whichever others are run and in whichever process of pytest-xdist. The fixtures are
there in any case. Whatever takes time to import is imported by what needs it.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from contractkit.api.testing import Project
    from contractkit.model.contract import Contract
    from contractkit.model.errors import InputError
    from contractkit.model.verdict import Verdict

_NAME = "contractkit"
_FUZZ = "contractkit_fuzz"
_REPORTS = "contractkit_reports"
"""Under which the processes of pytest-xdist hand their reports over."""

T = TypeVar("T")
_project_key = pytest.StashKey["Project"]()


class ContractkitWarning(pytest.PytestWarning):
    """Something about the contract that fails nothing, such as an approval that does not count."""


class _Asked(NamedTuple):
    diff: bool
    fuzz: bool
    whole: bool
    """Whether the run is about all tests, or the command line asks itself: not where it only names a file or a test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and ini keys."""
    group = parser.getgroup(_NAME, "contracts of APIs (contractkit)")
    group.addoption("--contractkit", action="store_true", help="Test that the app keeps its stored contract.")
    group.addoption("--contractkit-fuzz", action="store_true", help="Fuzz the app, too: a test for each operation.")
    parser.addini(_NAME, "Whether all runs of the tests are as with --contractkit.", type="bool", default=False)
    parser.addini(_FUZZ, "Whether all runs of the tests are as with --contractkit-fuzz.", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Get ready for what is asked for; a configuration that cannot be used ends the run at once."""
    config.addinivalue_line("markers", "contractkit: what contractkit tests of an API (set by its plugin)")
    asked = _asked(config)
    if not (asked.diff and asked.whole):
        return
    from contractkit.model.errors import InputError

    project = _project(config)
    try:
        project.check(fuzz=asked.fuzz)
    except InputError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(_Tests(project, asked.fuzz), "contractkit-tests")


def _asked(config: pytest.Config) -> _Asked:
    by_hand = bool(config.getoption("--contractkit") or config.getoption("--contractkit-fuzz"))
    fuzz = bool(config.getoption("--contractkit-fuzz") or config.getini(_FUZZ))
    folder = config.invocation_params.dir
    narrow = any("::" in one or (folder / one).is_file() for one in config.args)
    return _Asked(by_hand or fuzz or bool(config.getini(_NAME)), fuzz, by_hand or not narrow)


def _project(config: pytest.Config) -> Project:
    if _project_key not in config.stash:
        from contractkit.api.testing import Project

        config.stash[_project_key] = Project(config.rootpath)
    return config.stash[_project_key]


@pytest.fixture
def contractkit_app() -> object:
    """The app to test: a project overrides this to return its app object, not started, overrides and all.

    None, as here, stands for the configured app, in a process of its own.
    """
    return None


@pytest.fixture
def contract(request: pytest.FixtureRequest, contractkit_app: object) -> Contract:
    """The app's contract as it is now: a `contractkit.Contract`."""
    return _or_fails(lambda: _project(request.config).contract(contractkit_app))


@pytest.fixture
def contract_diff(request: pytest.FixtureRequest, contractkit_app: object) -> Verdict:
    """What the app changes against the configured baseline: a `contractkit.Verdict`."""
    return _or_fails(lambda: _project(request.config).diff(contractkit_app))


def _or_fails(task: Callable[[], T]) -> T:
    """Return what a function returns; input that cannot be used fails the test, and says why without our own code."""
    from contractkit.model.errors import InputError

    try:
        return task()
    except InputError as error:
        refused = error
    return _fail(refused)


def _fail(error: InputError) -> NoReturn:
    if not error.detail:
        pytest.fail(str(error), pytrace=False)
    # The mend of an error with details is how to see them on the command line.
    pytest.fail(f"{error.subject}: {error.problem}\n\n{error.detail.strip()}", pytrace=False)


class _Tests:
    """Adds the tests to a run, and keeps what they found.

    Args:
        project: what is tested.
        fuzz: whether operations are fuzzed.
    """

    def __init__(self, project: Project, fuzz: bool) -> None:
        self._project = project
        self._fuzz = fuzz
        self._reports: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the tests, before others choose among all."""
        # pytest looks for fixtures from a test's place upwards: these shall find those of tests/conftest.py.
        group: ContractTests = ContractTests.from_parent(_common(session, items), name=_NAME, nodeid=_NAME)
        group.tests = self._tests()
        report: pytest.CollectReport = group.ihook.pytest_make_collect_report(collector=group)
        group.ihook.pytest_collectreport(report=report)
        items += [one for one in report.result if isinstance(one, pytest.Item)]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End what was begun; keep the reports, or hand them over to the main process of pytest-xdist."""
        self._project.end()
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_REPORTS] = self._project.reports
        else:
            self._project.keep([*self._reports, *self._project.reports])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take the reports of a process of pytest-xdist."""
        self._reports += getattr(node, "workeroutput", {}).get(_REPORTS, ())

    def _tests(self) -> Iterator[tuple[str, Callable[..., None]]]:
        """Give the name and the function of each test."""
        from contractkit.model.errors import InputError

        if self._project.config.api is not None:
            yield "diff", _diff_test(self._project)
        if not self._fuzz:
            return
        try:
            keys = self._project.operations()
        except InputError as error:
            yield "fuzz", partial(_fail, error)
            return
        for name in keys:
            yield name, _fuzz_test(self._project, name, keys)


def _common(session: pytest.Session, items: Iterable[pytest.Item]) -> pytest.Collector:
    """Return the innermost folder that holds all tests."""
    found: pytest.Collector = session
    chains = [[node for node in item.listchain() if isinstance(node, pytest.Directory)] for item in items]
    for nodes in zip(*chains, strict=False):
        if any(node is not nodes[0] for node in nodes):
            break
        found = nodes[0]
    return found


class ContractTests(pytest.Collector):
    """What all tests of this plugin stand below."""

    tests: Iterable[tuple[str, Callable[..., None]]] = ()

    def collect(self) -> Iterator[pytest.Item]:
        """Give the tests of these names and functions."""
        for name, test in self.tests:
            item: ContractTest = ContractTest.from_parent(self, name=name, callobj=test)
            item.add_marker(_NAME)
            yield item


class ContractTest(pytest.Function):
    """A test that stands in no file."""

    def reportinfo(self) -> tuple[str, None, str]:
        """Return what reports name it by."""
        return _NAME, None, f"{_NAME}::{self.name}"


def _diff_test(project: Project) -> Callable[..., None]:
    def test(contractkit_app: object) -> None:
        from contractkit.api.project import unused_lines
        from contractkit.api.testing import diff_failure

        verdict = _or_fails(lambda: project.diff(contractkit_app))
        if verdict.fails:
            pytest.fail(diff_failure(verdict), pytrace=False)
        _warn(line.removeprefix("warning: ") for line in unused_lines(verdict.unused))

    return test


def _fuzz_test(project: Project, name: str, keys: Mapping[str, str]) -> Callable[..., None]:
    def test(request: pytest.FixtureRequest, contractkit_app: object) -> None:
        from contractkit.api.testing import fuzz_failure, on_the_way

        if contractkit_app is not None:
            here = _or_fails(lambda: project.operations(contractkit_app))
            alone = [one for one in here if one not in keys]
            _warn(f"{one} is not fuzzed: only the app of `contractkit_app` has it" for one in alone)
            if name not in here:
                pytest.skip("the app of `contractkit_app` has no such operation")
        verdict = _or_fails(lambda: project.fuzz(name, contractkit_app))
        tested = {keys[one.name] for one in request.session.items if isinstance(one, ContractTest) and one.name in keys}
        verdict, others = on_the_way(verdict, tested - {keys[name]})
        _warn(f"on the way, {one.operation}: {one.message} ({one.id})" for one in others)
        if verdict.fails or verdict.untested or not verdict.complete:
            pytest.fail(fuzz_failure(verdict), pytrace=False)
        if not verdict.operations[0].tested:
            pytest.skip(verdict.operations[0].reason)

    return test


def _warn(lines: Iterable[str]) -> None:
    """Warn; where warnings are errors, fail."""
    for line in lines:
        refused = False
        try:
            warnings.warn_explicit(ContractkitWarning(line), ContractkitWarning, f"<{_NAME}>", 1)
        except ContractkitWarning:
            refused = True  # to fail here would show where this was raised
        if refused:
            pytest.fail(line, pytrace=False)
