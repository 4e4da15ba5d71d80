"""Experiments under way: one at a time, in a thread of the server, on all cores but one, which a live run keeps."""
# ruff: noqa: PLC0415 - a server that only looks need not load the twin

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from linewright.ledger.lock import WriterLock, lock_path
from linewright.model.errors import LinewrightError
from linewright.web.answers import AnswerError
from linewright.web.experiment_asked import ReadQuestion, command_of
from linewright.web.experiment_files import UNDER_WAY, ExperimentFiles, head_of, write_whole
from linewright.web.readers import now_us

if TYPE_CHECKING:
    from linewright.tuning.findings import Findings

__all__ = ["Experiments"]

LOG = logging.getLogger("linewright.web")
#: Experiments that wait for their turn.
MOST_QUEUED = 20
#: The server waits so long for a run that it has told to end [s].
END_S = 2.5
#: The time left is told from this share and this time on: before, it is a guess of a guess.
TOLD_SHARE, TOLD_S = 0.02, 0.5


@dataclass(slots=True)
class Job:
    """One experiment that waits or runs."""

    body: dict[str, Any]
    read: ReadQuestion
    lock: WriterLock
    share: float = 0.0
    first: tuple[float, float] | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def passed(self, share: float) -> None:
        """Take the share that is done; the first one says when the work itself began."""
        if self.first is None and share > 0.0:
            self.first = (time.monotonic(), share)
        self.share = share

    def left_s(self) -> float | None:
        """Return how long it still takes, as fast as it has gone so far; None while that cannot be said."""
        if self.first is None:
            return None
        spent, done = time.monotonic() - self.first[0], self.share - self.first[1]
        return spent * (1.0 - self.share) / done if done >= TOLD_SHARE and spent >= TOLD_S else None


class Experiments:
    """All experiments of a ledger: those that are kept, and those that this server runs.

    Parameters
    ----------
    files
        Where they are kept.
    version
        Of Linewright, as it is kept with them.
    workers
        Runs at one time; None: a core less than there are.
    """

    def __init__(self, files: ExperimentFiles, version: str = "", workers: int | None = None) -> None:
        self.files = files
        self._version, self._workers = version, workers
        self._jobs: dict[str, Job] = {}  # in the order of their turn; the first one runs
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._is_ending = False
        self._changes = 0

    # ---- what can be asked of them

    def begin(self, read: ReadQuestion) -> dict[str, Any]:
        """Put a question in the queue and return its row.

        Raises
        ------
        AnswerError
            429 where too many wait.
        LedgerError
            The folder cannot be written.
        """
        e, question = read.experiment, read.question
        with self._lock:
            if len(self._jobs) > MOST_QUEUED or self._is_ending:
                raise AnswerError(429, f"{MOST_QUEUED} experiments wait already.", step="Stop one, or wait until one has ended.")
            experiment, lock = self.files.new()
            file = self.files.line_path(experiment) if read.line_text is not None else None
            try:
                if file is not None and read.line_text is not None:
                    write_whole(file, read.line_text.encode())
                body = {
                    "v": 1, "id": experiment, "title": question.title, "line": e.name, "run": question.run or None, "state": "queued",
                    "asked": question.to_json(), "command": command_of(read, None if file is None else str(file.absolute())),
                    "version": self._version, "cases": len(e.cases), "variants": list(e.variants), "paths": [path for path, _ in e.points[0]],
                    "until_s": e.until_s, "replications": e.replications, "created_us": now_us(), "began_us": None, "ended_us": None, "why": None,
                    "findings": None,
                }  # fmt: skip
                self.files.write(body)
            except LinewrightError:
                self._let_go(experiment, lock)
                self.files.delete(experiment)
                raise
            self._jobs[experiment] = Job(body, read, lock)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="linewright-experiments", daemon=True)
                self._thread.start()
            self._changes += 1
            return self._row(head_of(body))

    def rows(self) -> list[dict[str, Any]]:
        """Return all experiments without their findings, newest first."""
        return [self._row(head) for head in self.files.heads()]

    def open(self, experiment: str) -> dict[str, Any]:
        """Return one with its findings. Raises AnswerError."""
        return self._row(self.files.read(experiment))

    def stop(self, experiment: str) -> dict[str, Any]:
        """End one that waits or runs; what was whole of it is kept.

        Raises
        ------
        AnswerError
            404 where there is none; 409 where it is over, or where another server runs it.
        """
        body = self.files.read(experiment)
        with self._lock:
            job = self._jobs.get(experiment)
            if job is not None:
                job.stop.set()
                if job.body["state"] == "queued":
                    self._end(job, "stopped")
                return self._row(head_of(job.body))
        if body["state"] in UNDER_WAY:
            raise AnswerError(409, f"Another server runs experiment {experiment}.", step="Stop it on the page of that server.")
        raise AnswerError(409, f"Experiment {experiment} is over.", came=str(body["state"]))

    def delete(self, experiment: str) -> None:
        """Take one away.

        Raises
        ------
        AnswerError
            404 where there is none; 409 while it waits or runs.
        """
        if experiment not in self.files.ids():
            raise self.files.unknown(experiment)
        if any(head["id"] == experiment and head["state"] in UNDER_WAY for head in self.files.heads()):
            raise AnswerError(409, f"Experiment {experiment} is under way.", step="Stop it first.")
        self.files.delete(experiment)
        self._changed()

    def mark(self) -> tuple[int, int]:
        """Return what tells whether `rows` may have changed."""
        return self._changes, self.files.mark()

    def close(self) -> None:
        """End what is under way: it is kept as interrupted. The server ends."""
        with self._lock:
            self._is_ending = True
            for job in list(self._jobs.values()):
                job.stop.set()
                if job.body["state"] == "queued":
                    self._end(job, "interrupted")
        if self._thread is not None:
            self._thread.join(END_S)

    # ---- the thread

    def _work(self) -> None:
        while True:
            with self._lock:
                job = next(iter(self._jobs.values()), None)
                if job is None:
                    self._thread = None  # the next one begins another
                    return
                job.body |= {"state": "running", "began_us": now_us()}
            try:
                self._keep(job)
                self._run(job)
            except LinewrightError as error:
                self._end(job, "failed", str(error))
            except Exception as error:
                LOG.exception("experiment %s failed", job.body["id"])
                self._end(job, "failed", f"The server failed at it ({type(error).__name__}); its log has the rest.")

    def _run(self, job: Job) -> None:
        from linewright.tuning.run_experiment import run_experiment
        from linewright.tuning.spread import cores

        def passed(share: float) -> None:
            if job.stop.is_set():
                raise KeyboardInterrupt  # how an experiment is told to end: it gives what is whole
            job.passed(share)
            self._changed()

        findings = run_experiment(job.read.experiment, workers=self._workers or max(1, cores() - 1), progress=passed)
        self._found(job, findings)
        self._end(job, "done" if findings.is_whole else "interrupted" if self._is_ending else "stopped")

    def _found(self, job: Job, findings: Findings) -> None:
        """Put findings and their report in their place."""
        from linewright.tuning.experiment_report import experiment_report
        from linewright.tuning.kept import kept_findings

        job.body["findings"] = kept_findings(findings)
        if job.body["findings"] is not None:
            write_whole(self.files.report_path(job.body["id"]), experiment_report(findings).encode())

    def _end(self, job: Job, state: str, why: str | None = None) -> None:
        """Write how one ended, and let go of it."""
        with self._lock:
            job.body |= {"state": state, "ended_us": now_us(), "why": why}
            self._keep(job)
            self._jobs.pop(job.body["id"], None)
            self._let_go(job.body["id"], job.lock)
        self._changed()

    def _keep(self, job: Job) -> None:
        """Write a job's file; where that fails the log has it, and the job goes on."""
        try:
            self.files.write(job.body)
        except LinewrightError:
            LOG.exception("experiment %s cannot be kept", job.body["id"])

    def _let_go(self, experiment: str, lock: WriterLock) -> None:
        lock.release()
        lock_path(self.files.path(experiment)).unlink(missing_ok=True)  # nobody takes this lock a second time

    def _changed(self) -> None:
        with self._lock:
            self._changes += 1

    def _row(self, head: dict[str, Any]) -> dict[str, Any]:
        """Return an experiment with how far it is, where this server runs it."""
        with self._lock:
            job = self._jobs.get(head["id"])
            more: dict[str, Any] = {"here": job is not None, "share": None, "left_s": None, "place": None}
            if job is not None:
                place = list(self._jobs).index(head["id"])
                more |= {"share": job.share, "left_s": job.left_s(), "place": place}
                head = {**head, "state": job.body["state"], "began_us": job.body["began_us"]}
        return {**head, **more}
