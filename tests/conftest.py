"""What every test shares: where the shared data lies, how Chromium is found, and what is said about a machine that lacks them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

REPOSITORY = Path(__file__).resolve().parents[1]
#: `--doctest-modules` would import every room's conftest.py a second time, all under one name.
collect_ignore_glob = ["*conftest.py"]
LACKING: dict[str, str] = {}


def shared_folder() -> Path | None:
    """Return the folder of shared data: LINEWRIGHT_SHARED, else `../shared` beside the repository, else None."""
    named = os.environ.get("LINEWRIGHT_SHARED")
    for folder in ([Path(named)] if named else []) + [REPOSITORY.parent / "shared"]:
        if (folder / "data").is_dir():
            return folder
    return None


@pytest.fixture(scope="session", autouse=True)
def ledger_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let commands that are asked without `--ledger` keep their runs in a folder of the tests, not in the user's."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LINEWRIGHT_LEDGER", str(tmp_path_factory.mktemp("ledger-of-the-tests")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared data, or skip with the way to get it."""
    folder = shared_folder()
    if folder is None:
        LACKING["shared data"] = "put the folder `shared` beside the repository, or name it: export LINEWRIGHT_SHARED=/path/to/shared"
        pytest.skip("the shared data is not on this machine (LINEWRIGHT_SHARED names its folder)")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium, or skip with the line that installs it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    LACKING["Chromium"] = "apt-get install chromium"
    pytest.skip("Chromium is not on this machine (apt-get install chromium)")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what this machine lacks, with the line that brings it."""
    if LACKING:
        terminalreporter.section("what this machine lacks")
        for what, line in sorted(LACKING.items()):
            terminalreporter.write_line(f"{what}: {line}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn a skip into a failure where LINEWRIGHT_NO_SKIP is set: a proof with holes is none."""
    report = yield
    if report.skipped and os.environ.get("LINEWRIGHT_NO_SKIP") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr}"
    return report
