"""The database goes away under load: the run goes on, what is committed waits on the disk, and nothing is lost or there twice."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from linewright.ledger import waiting
from linewright.ledger.errors import LedgerError
from linewright.ledger.stores import open_ledger
from linewright.ledger.verify import verify_run

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
AS_SERVER = ["runuser", "-u", "postgres", "--"] if os.name == "posix" and os.geteuid() == 0 else []


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """A PostgreSQL of the test's own that can be stopped."""

    def __init__(self, folder: Path) -> None:
        self.data, self.port = folder / "data", free_port()
        folder.mkdir()
        if AS_SERVER:
            shutil.chown(folder, "postgres")
        self._call("initdb", "-A", "trust", "-U", "postgres", "-N", "-D", str(self.data))
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -c unix_socket_directories='' -c listen_addresses=127.0.0.1"
        self._call("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.data / "log"), "-o", options, "start")

    def stop(self, mode: str) -> None:
        self._call("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def _call(self, name: str, *arguments: str) -> None:
        subprocess.run([*AS_SERVER, str(BINARIES[-1] / name), *arguments], check=True, capture_output=True, cwd="/")


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    if not BINARIES:
        pytest.skip("no PostgreSQL server is installed here: apt-get install postgresql")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(waiting, "AGAIN_S", 0.05)
    folder = Path(f"/tmp/linewright-{os.getpid()}-{time.monotonic_ns()}")
    made = Server(folder)
    made.start()
    yield made
    with contextlib.suppress(subprocess.CalledProcessError):  # it is stopped already
        made.stop("immediate")
    shutil.rmtree(folder)


def write(writer, first: int, last: int, *, state: bool = False) -> None:
    """Commit a visit, a place and an event for each number, and take each unit off again."""
    for number in range(first, last):
        writer.append("visit", {"unit": [number] * 3, "step": [writer.key("step", f"s{number % 7}")] * 3, "out_us": [number] * 3})
        writer.append("placed", {"unit": [number], "carrier": [1], "place": [number], "from_us": [number]})
        writer.take_off([number], [1], [number + 5])
        writer.put("things", {"first_key": [1], "count": [number + 1], "prefix": ["C"], "first_serial": [1], "kind": [1]})
        writer.event("count", number, {"number": number})
        writer.commit(state=f"{number}".encode() if state else None, line_us=number)


def check(url: str, count: int) -> None:
    with open_ledger(url).reader("live-1") as reader:
        assert [e.body["number"] for e in reader.events_since(0, limit=10**6)] == list(range(count))
        assert reader.columns("visit", ["unit"])["unit"].tolist() == [n for n in range(count) for _ in range(3)]
        assert [p.to_us for p in reader.units_on_carrier(1)] == [n + 5 for n in range(count)]
        assert verify_run(reader, "live-1").faults == []


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_run_goes_on_and_catches_up(server: Server, mode: str) -> None:
    ledger = open_ledger(server.url)
    with ledger.create_run("p", "d", "live") as writer:
        write(writer, 0, 30, state=True)
        for cut in (30, 130):
            writer.append("visit", {"unit": [cut] * 3, "step": [1] * 3, "out_us": [cut] * 3})  # in the middle of a commit
            server.stop(mode)
            writer.append("placed", {"unit": [cut], "carrier": [1], "place": [cut], "from_us": [cut]})
            writer.take_off([cut], [1], [cut + 5])
            writer.event("count", cut, {"number": cut})
            writer.commit(line_us=cut)
            write(writer, cut + 1, cut + 60, state=True)
            assert writer.is_away
            assert (ledger.folder / "live-1.waiting").stat().st_size > 1000
            server.start()
            time.sleep(0.1)
            write(writer, cut + 60, cut + 100)
            assert not writer.is_away
            assert not (ledger.folder / "live-1.waiting").exists()
        checkpoint = writer.checkpoint()
        assert checkpoint is not None
        assert checkpoint.state == b"189"
        writer.end("stopped", line_us=230)
    check(server.url, 230)


def test_a_writer_that_is_killed_while_it_waits_loses_nothing(server: Server) -> None:
    code = (
        "import sys\nfrom linewright.ledger.stores import open_ledger\nsys.path.insert(0, sys.argv[2])\nfrom ledger.test_away import write\n"
        "with open_ledger(sys.argv[1]).create_run('p', 'd', 'live') as writer:\n"
        "    for number in range(100_000):\n        write(writer, number, number + 1)\n        print(number, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, server.url, str(Path(__file__).parents[1])], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [int(process.stdout.readline()) for _ in range(20)]
    server.stop("fast")
    said += [int(process.stdout.readline()) for _ in range(60)]
    os.kill(process.pid, signal.SIGKILL)
    said += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.wait()
    process.stdout.close()
    server.start()
    with open_ledger(server.url).open_run("live-1"):
        pass
    with open_ledger(server.url).reader("live-1") as reader:
        count = reader.newest_event()
    assert said[-1] + 1 <= count <= said[-1] + 2
    check(server.url, count)


def test_past_the_bound_the_line_is_stopped_and_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_WAITING_BYTES", 20_000)
    ledger = open_ledger(server.url)
    writer = ledger.create_run("p", "d", "live")
    write(writer, 0, 3)
    server.stop("fast")
    done: list[int] = [0, 1, 2]

    def go_on() -> None:
        while True:
            write(writer, len(done), len(done) + 1)
            done.append(len(done))

    with pytest.raises(LedgerError, match=r"the database is away, and 0\.0 MB wait in .*live-1\.waiting, of at most 0\.0 MB\. The line is stopped"):
        go_on()
    assert len(done) > 10
    writer.close()
    server.start()
    ledger.open_run("live-1").close()
    check(server.url, len(done))
