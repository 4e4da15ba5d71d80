"""What the tests with a real driver share: the machine as a process, a wire that can be cut, the example's package as if it were installed."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "write_a_driver"


def installed(folder: Path) -> list[str]:
    """Return folders for the module path in which the example's driver is installed, as pip would leave it."""
    info = folder / "linewright_json_lines-1.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: linewright-json-lines\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[linewright.drivers]\njson-lines = json_lines:JsonLines\n")
    return [str(folder), str(EXAMPLE)]


def with_path(folders: list[str]) -> dict[str, str]:
    """Return the environment of a process that finds modules in these folders too."""
    return os.environ | {"PYTHONPATH": os.pathsep.join([*folders, *filter(None, [os.environ.get("PYTHONPATH")])])}


class Machine:
    """The machine's process, and what it says that it did."""

    def __init__(self, log: Path, *options: str) -> None:
        self._log = log
        command = [sys.executable, str(EXAMPLE / "machine.py"), "--port", "0", "--log", str(log), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        told = self.process.stdout.readline()
        assert "listening" in told
        self.port = int(told.rpartition(":")[2])

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return what it did, in order: `record` or `obeyed`."""
        told = [json.loads(line) for line in self._log.read_text().splitlines()]
        return [line[kind] for line in told if kind in line]

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextlib.contextmanager
def machine(log: Path, *options: str) -> Iterator[Machine]:
    made = Machine(log, *options)
    try:
        yield made
    finally:
        made.end()


class Wire:
    """A TCP relay between driver and machine, which can be cut, or made to pass nothing while it seems to stand."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._is_cut, self._open = False, threading.Event()
        self._open.set()
        self._is_over = False
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def cut(self) -> None:
        """End all connections, and refuse new ones."""
        self._is_cut = True
        for pair in self._pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._pairs = []

    def mute(self) -> None:
        """Pass nothing on, in either direction; the connections stand."""
        self._open.clear()

    def heal(self) -> None:
        """Take new connections, and pass all on again."""
        self._is_cut = False
        self._open.set()

    def end(self) -> None:
        self._is_over = True
        self._open.set()
        self.cut()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _accept(self) -> None:
        while not self._is_over:
            try:
                here, _ = self._server.accept()
            except OSError:
                return
            if self._is_cut:
                here.close()
                continue
            there = socket.create_connection(("127.0.0.1", self._to_port))
            self._pairs.append((here, there))
            for source, sink in ((here, there), (there, here)):
                self._threads.append(threading.Thread(target=self._relay, args=(source, sink), daemon=True))
                self._threads[-1].start()

    def _relay(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()


@contextlib.contextmanager
def wire(to_port: int) -> Iterator[Wire]:
    made = Wire(to_port)
    try:
        yield made
    finally:
        made.end()
