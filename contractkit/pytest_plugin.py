"""The pytest plugin: nothing until `--contractkit`, `--contractkit-fuzz` or the ini keys of these names ask for it.

Then there is a test that compares the configured baseline with the app, and one for each operation that is fuzzed. Each
of those is worked on by itself, whichever others are run and in whichever process of pytest-xdist. The fixtures are
there in any case. Whatever takes time to import is imported by what needs it.
"""

from __future__ import annotations

import warnings
from functools import partial
from glob import glob
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
_DIFF = "diff"
_NAMED = "contractkit_named"
_REPORTS = "contractkit_reports"
"""Under which the processes of pytest-xdist hand their reports over."""

_HEARD = "contractkit_heard"
"""Under which they hand over what their tests sent."""

T = TypeVar("T")
_project_key = pytest.StashKey["Project"]()


class ContractkitWarning(pytest.PytestWarning):
    """Something about the contract that fails nothing, such as an approval that does not count."""


class _Asked(NamedTuple):
    """What is asked for.

    Attributes:
        diff: a test of the contract.
        fuzz: tests of the operations.
        names: names of the only tests that are asked for, by their ids on the command line; None for all.
        alone: whether no test of another kind is asked for.
    """

    diff: bool
    fuzz: bool
    names: list[str] | None = None
    alone: bool = False


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and ini keys."""
    group = parser.getgroup(_NAME, "contracts of APIs (contractkit)")
    group.addoption("--contractkit", action="store_true", help="Test that the app keeps its stored contract.")
    group.addoption("--contractkit-fuzz", action="store_true", help="Fuzz the app, too: a test for each operation.")
    group.addoption(
        "--contractkit-record",
        action="store_true",
        help="Record the requests that the tests send through TestClient or httpx's ASGITransport, to be replayed.",
    )
    parser.addini(_NAME, "Whether all runs of the tests are as with --contractkit.", type="bool", default=False)
    parser.addini(_FUZZ, "Whether all runs of the tests are as with --contractkit-fuzz.", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Get ready for what is asked for; a configuration that cannot be used ends the run at once."""
    config.addinivalue_line("markers", "contractkit: what contractkit tests of an API (set by its plugin)")
    if config.getoption("--contractkit-record"):
        config.pluginmanager.register(_Recorder(_project(config)), "contractkit-recorder")
    asked = _asked(config)
    if not asked.diff:
        return
    from contractkit.model.errors import InputError

    project = _project(config)
    try:
        project.check(fuzz=asked.fuzz)
    except InputError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(_Tests(project, asked), "contractkit-tests")


def _asked(config: pytest.Config) -> _Asked:
    names, alone = _named(config)
    if names:
        return _Asked(True, any(name != _DIFF for name in names), names, alone)
    if config.getoption("--contractkit-fuzz"):
        return _Asked(True, True)
    folder, usual = config.invocation_params.dir, config.getini("testpaths")
    narrow = any("::" in one or (folder / one).is_file() for one in config.args if one not in usual)
    if config.getoption("--contractkit"):
        return _Asked(True, bool(config.getini(_FUZZ)))
    # The ini file asks for whole runs: not where the command line names a file or a test.
    fuzz = bool(config.getini(_FUZZ)) and not narrow
    return _Asked(fuzz or (bool(config.getini(_NAME)) and not narrow), fuzz)


def _named(config: pytest.Config) -> tuple[list[str], bool]:
    """Take the ids of this plugin's tests out of the arguments, where pytest would look for a file of that name.

    Where nothing else is left all is collected, so that the fixtures are those of a whole run, and only these are run.
    The processes of pytest-xdist are told by an option, since their arguments are those that are left.
    """
    told: tuple[list[str], bool] | None = getattr(config.option, _NAMED, None)
    if told is not None:
        return told
    names = [one.removeprefix(f"{_NAME}::") for one in config.args if one.startswith(f"{_NAME}::")]
    left = [one for one in config.args if not one.startswith(f"{_NAME}::")]
    if names:
        usual = [path for one in config.getini("testpaths") for path in sorted(glob(one, recursive=True))]
        config.args[:] = left or usual or [str(config.invocation_params.dir)]
    setattr(config.option, _NAMED, (names, not left))
    return names, not left


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


class _Recorder:
    """Records what the tests send, and tells where it is kept.

    Args:
        project: what is tested.
    """

    def __init__(self, project: Project) -> None:
        from contractkit.api.listening import Listener

        self._project = project
        self._listener = Listener()
        self._line = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Take note of the test whose requests come now; those of its fixtures are its own."""
        self._listener.begin(item.nodeid.partition("::")[0])

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Record what was heard, or hand it over to the main process of pytest-xdist."""
        from contractkit.model.errors import InputError

        self._listener.end()
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_HEARD] = self._listener.packed()
            return
        try:
            self._line = self._listener.record(self._project.config)
        except InputError as error:
            self._line = f"nothing is recorded: {error}"
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a process of pytest-xdist heard."""
        if (packed := getattr(node, "workeroutput", {}).get(_HEARD)) is not None:
            self._listener.take(packed)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what was recorded."""
        terminalreporter.write_line(f"{_NAME}: {self._line}")


class _Tests:
    """Adds the tests to a run, and keeps what they found.

    Args:
        project: what is tested.
        asked: what is asked for.
    """

    def __init__(self, project: Project, asked: _Asked) -> None:
        self._project = project
        self._asked = asked
        self._reports: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the tests, before others choose among all."""
        # pytest looks for fixtures from a test's place upwards: these shall find those of tests/conftest.py.
        group: ContractTests = ContractTests.from_parent(_common(session, items), name=_NAME, nodeid=_NAME)
        group.tests = self._tests()
        report: pytest.CollectReport = group.ihook.pytest_make_collect_report(collector=group)
        group.ihook.pytest_collectreport(report=report)
        if self._asked.alone:
            session.config.hook.pytest_deselected(items=items[:])
            items.clear()
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
        """Give the name and the function of each test that is asked for."""
        names = self._asked.names
        tests = dict(self._all())
        if names is None or "fuzz" in tests:
            yield from tests.items()
            return
        for name in names:
            yield name, tests.get(name) or partial(_fail, _missing(name, tests))

    def _all(self) -> Iterator[tuple[str, Callable[..., None]]]:
        from contractkit.model.errors import InputError

        if self._project.config.api is not None:
            yield _DIFF, _diff_test(self._project)
        if not self._asked.fuzz:
            return
        try:
            keys = self._project.operations()
        except InputError as error:
            yield "fuzz", partial(_fail, error)
            return
        for name in keys:
            yield name, _fuzz_test(self._project, name, keys)


def _missing(name: str, tests: Iterable[str]) -> InputError:
    from difflib import get_close_matches

    from contractkit.model.errors import InputError

    near = get_close_matches(name, list(tests), n=1)
    mend = f"did you mean `{_NAME}::{near[0]}`?" if near else "--contractkit-fuzz --collect-only lists all"
    return InputError(f"{_NAME}::{name}", "there is no such test", mend)


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
