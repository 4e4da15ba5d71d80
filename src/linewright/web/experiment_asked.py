"""What the page asks for, read to an `Experiment`: a line of the library, the line of a run, or a text; every fault of it at once."""
# ruff: noqa: PLC0415 - a server that only looks need not load the twin

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from linewright.library.catalogue import Libraries, installed_libraries
from linewright.model.catalogue import Found, Kind
from linewright.model.errors import LinewrightError, ModelError
from linewright.model.uses_station import is_file_name
from linewright.web.answers import AnswerError
from linewright.web.readers import Readers

if TYPE_CHECKING:
    from linewright.tuning.asked import Asked
    from linewright.tuning.experiment import Experiment

__all__ = ["Question", "ReadQuestion", "command_of", "question_of", "read_question"]

#: Cases that the page may ask for at once; more is a matter of hours, and of the command line.
MOST_CASES = 200
LARGEST_SEED = 2**63 - 1
LISTS = ("set", "versus", "sweep")
TEXTS = ("until", "warm_up", "confidence")
NUMBERS = {"replications": (1, 10_000), "batches": (2, 30), "seed": (0, LARGEST_SEED)}
TEXT_NAME = "this text"


@dataclass(frozen=True, slots=True)
class Question:
    """What a page sent; one of `line`, `run` and `text` says which line, the others are empty.

    Parameters
    ----------
    title
        How a person calls it; empty: by its line.
    line
        A line of the library.
    run
        A run of this ledger: its line, as it was run.
    text
        A line file or an experiment file.
    set, versus, sweep, until, warm_up, confidence, replications, batches, seed
        As `linewright simulate` takes them.
    """

    title: str = ""
    line: str = ""
    run: str = ""
    text: str = ""
    set: tuple[str, ...] = ()
    versus: tuple[str, ...] = ()
    sweep: tuple[str, ...] = ()
    until: str | None = None
    warm_up: str | None = None
    confidence: str | None = None
    replications: int | None = None
    batches: int | None = None
    seed: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as it came; the text of the line is kept in a file of its own."""
        return {key: value for key, value in asdict(self).items() if key != "text"}


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question that can be run.

    Parameters
    ----------
    question
        As it came.
    experiment
        What is run.
    line_text
        The line's text, where it stands in no library; else None.
    line
        The library's name of the line; else None.
    """

    question: Question
    experiment: Experiment
    line_text: str | None
    line: str | None


class QuestionError(LinewrightError):
    """A question that cannot be run; `faults` has all that is wrong with it, as the command line says it."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class WithLine(Libraries):
    """The libraries, and one line more that has a text but no place: it names no files."""

    def __init__(self, libraries: Libraries, name: str, text: str, shown: str) -> None:
        super().__init__(libraries.folders)
        self._name, self._found = name, Found(shown, text)

    def find(self, kind: Kind, name: str) -> tuple[Found, ...]:
        """Return what is called `name`."""
        return (self._found,) if kind == "line" and name == self._name else super().find(kind, name)


def question_of(body: Mapping[str, Any]) -> Question:
    """Return the question that a body holds.

    Raises
    ------
    QuestionError
        With everything that has a wrong form.
    """
    faults = [f"`{key}`: there is no such word." for key in body if key not in {"title", "line", "run", "text", *LISTS, *TEXTS, *NUMBERS, "preview"}]
    words: dict[str, Any] = {}
    for key in ("title", "line", "run", "text", *TEXTS):
        value = body.get(key)
        if value is not None and not isinstance(value, str):
            faults.append(f"`{key}`: a text was expected.")
        elif value and value.strip():
            words[key] = value if key == "text" else value.strip()[:300]
    for key in LISTS:
        value = body.get(key) or ()
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value) or len(value) > 100:
            faults.append(f"`{key}`: a list of at most 100 texts was expected.")
        else:
            words[key] = tuple(each.strip() for each in value if each.strip())
    for key, (low, high) in NUMBERS.items():
        value = body.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high):
            faults.append(f"`{key}`: {value!r} is none; a whole number from {low} to {high} was expected."[:300])
        elif value is not None:
            words[key] = value
    if sum(key in words for key in ("line", "run", "text")) != 1:
        one_of = "`line` (a name of the library), `run` (a run of this ledger) and `text` (a line or experiment file)"
        faults.append(f"Which line? One of {one_of} was expected.")
    if faults:
        raise QuestionError(tuple(faults))
    return Question(**words)


def read_question(question: Question, readers: Readers) -> ReadQuestion:
    """Return the experiment of a question.

    Parameters
    ----------
    question
        What was sent.
    readers
        The runs of this ledger.

    Raises
    ------
    QuestionError
        With every fault of the words, the line, the changes and the sweeps.
    AnswerError
        404 where there is no such run.
    """
    from linewright.tuning.asked import experiment_of
    from linewright.tuning.written import Written, read

    libraries = installed_libraries()
    name, line, text = _line_of(question, readers, libraries)
    written = Written(
        question.set, question.versus, question.sweep, question.until, question.warm_up, question.replications, question.batches, question.seed,
        question.confidence, None,
    )  # fmt: skip
    asked, wrong = read(written)
    faults = [*_files(question), *wrong]
    if any(f.startswith("--vs") for f in faults) or (is_file_name(name) and text is None):
        raise QuestionError(tuple(faults))
    catalogue = libraries if text is None else WithLine(libraries, name, text, f"the line of {name}" if question.run else name)
    experiment = _experiment(experiment_of, name, catalogue, asked, faults)
    if experiment is not None and len(experiment.cases) > MOST_CASES:
        faults.append(f"These are {len(experiment.cases)} cases; the page takes {MOST_CASES}. `linewright simulate` takes 2000.")
    if experiment is None or faults:
        raise QuestionError(tuple(faults))
    return ReadQuestion(question, experiment, text, line)


def _line_of(question: Question, readers: Readers, libraries: Libraries) -> tuple[str, str | None, str | None]:
    """Return how the line is called, its name in the library where it stands there, and its text where it does not."""
    if question.line:
        return question.line, question.line, None
    if question.text:
        return TEXT_NAME, None, question.text
    run = readers.open(question.run)
    if run.plant is None:
        raise AnswerError(
            409, f"{run.run} has no line to run again.", came=run.info.source, step="Start from another run, or from a line of the library."
        )
    if run.info.name in libraries.names("line"):
        from linewright.model.load import check

        shipped = check(run.info.name, libraries).plant
        if shipped is not None and shipped.digest == run.info.plan:
            return run.info.name, run.info.name, None
    return run.run, None, run.reader.plan_text()


def _files(question: Question) -> list[str]:
    """Return the faults of names of files: a page names none, for it could name any of this computer."""
    named = [("line", question.line), *(("--vs", text) for text in question.versus if "=" not in text)]
    return [
        f"{option} {name}: the page takes lines of the library. Paste the text of a file, or run it from the command line."
        for option, name in named
        if name and is_file_name(name)
    ]


def _experiment(experiment_of: Any, name: str, catalogue: Libraries, asked: Asked, faults: list[str]) -> Experiment | None:
    from linewright.control.compile import compile_plant

    try:
        experiment: Experiment = experiment_of(name, catalogue, asked)
        for variant in experiment.variants:
            compile_plant(next(case for case in experiment.cases if case.variant == variant).plant)
    except ModelError as error:
        faults += [str(fault) for fault in error.faults]
    except LinewrightError as error:
        faults.append(str(error))
    else:
        return experiment
    return None


def command_of(read: ReadQuestion, file: str | None = None) -> str:
    """Return the command that asks the same on a command line.

    Parameters
    ----------
    read
        The question.
    file
        Where the text of its line is kept; None while it is kept nowhere.

    Examples
    --------
    >>> question = Question(line="four-stations", versus=("wind.count=2 weld.buffer=20",), until="1 day", replications=10)
    >>> command_of(ReadQuestion(question, None, None, "four-stations"))
    "linewright simulate four-stations --until '1 day' --vs 'wind.count=2 weld.buffer=20' --replications 10"
    """
    q = read.question
    words = ["linewright", "simulate", read.line or file or "LINE.yaml"]
    words += ["--until", q.until] if q.until else []
    lists = (("--set", q.set), ("--vs", q.versus), ("--sweep", q.sweep))
    words += [word for option, values in lists for each in values for word in (option, each)]
    numbers = {"--replications": q.replications, "--batches": q.batches, "--warm-up": q.warm_up, "--confidence": q.confidence, "--seed": q.seed}
    words += [word for option, value in numbers.items() if value is not None for word in (option, str(value))]
    return shlex.join(words)
