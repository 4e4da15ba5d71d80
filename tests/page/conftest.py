"""The built page, the servers that the tests look at, and Chromium."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from .driving import CHROMIUM_ARGUMENTS, OFTEN_STOPPED, REPOSITORY, Server, Visitor, linewright


@pytest.fixture(scope="package")
def built_page() -> Path:
    """Return the folder of the built page, made of the source as it is now: a test of an older page would prove nothing."""
    spec = importlib.util.spec_from_file_location("page_build_hook", REPOSITORY / "page" / "build_hook.py")
    assert spec is not None
    assert spec.loader is not None
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    if not hook.is_fresh(REPOSITORY):
        hook.build_page(REPOSITORY)
    return Path(hook.built_folder(REPOSITORY))


@pytest.fixture(scope="package")
def live(built_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run the 21700 line at 60 times the clock, its stores filled at the start."""
    assert (built_page / "index.html").is_file()
    folder = tmp_path_factory.mktemp("live")
    server = Server(["run", "cylindrical-21700-tabless", "--speed", "60", "--new", "--ledger", str(folder / "ledger")], folder / "log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def stops(built_page: Path, tmp_path: Path) -> Iterator[Server]:
    """Run a small line whose machines stop often, at ten times the clock."""
    assert (built_page / "index.html").is_file()
    file = tmp_path / "often-stopped.yaml"
    file.write_text(OFTEN_STOPPED, encoding="utf-8")
    server = Server(["run", str(file), "--speed", "10", "--ledger", str(tmp_path / "ledger")], tmp_path / "log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="package")
def ended(built_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the ledger of a run that has ended; no run is behind the page."""
    assert (built_page / "index.html").is_file()
    folder = tmp_path_factory.mktemp("ended")
    file, ledger = folder / "often-stopped.yaml", str(folder / "ledger")
    file.write_text(OFTEN_STOPPED, encoding="utf-8")
    linewright("run", str(file), "--speed", "300", "--until", "20 min", "--no-page", "--ledger", ledger)
    server = Server(["serve", "--ledger", ledger], folder / "log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="package")
def imported(built_page: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a ledger into which the pilot line's records were read."""
    assert (built_page / "index.html").is_file()
    folder = tmp_path_factory.mktemp("imported")
    ledger = str(folder / "ledger")
    linewright("import", "kiprobatt", str(shared / "data" / "kiprobatt" / "kiprobatt-early.tar.gz"), "--ledger", ledger)
    server = Server(["serve", "--ledger", ledger], folder / "log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Give a visitor whose pages must end without a word on the console."""
    visitor = Visitor(browser)
    yield visitor
    faults = visitor.close()
    assert not faults, "the page complained on the console:\n" + "\n".join(faults)
