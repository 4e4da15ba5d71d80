"""The command `linewright`: parse, call a verb, print. Heavy rooms are imported by the command that needs them."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from linewright.cli.welcome import WELCOME

__all__ = ["main"]

USER_FAULT, INTERRUPTED = 2, 130


def main() -> NoReturn:
    """Run the command line and end the process with its code: 0 done, 2 the user can mend it, 130 Ctrl-C."""
    gc.set_threshold(100_000, 50, 100)  # a start makes many objects and drops few: looking for garbage was a tenth of it
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        arguments = ["version"]
    if not arguments or arguments in (["--help"], ["-h"], ["help"]):
        sys.stdout.write(WELCOME)
        sys.exit(0)
    try:
        code = run_command(arguments)
    except KeyboardInterrupt:
        told("Stopped by Ctrl-C.")
        code = INTERRUPTED
    sys.exit(code)


def run_command(arguments: list[str]) -> int:
    """Return the exit code of one command line; faults are told on stderr, without a traceback."""
    import sqlite3

    from linewright.cli.commands import ABORTED, USAGE_ERRORS, app
    from linewright.model.errors import LinewrightError

    try:
        result = app(args=arguments, prog_name="linewright", standalone_mode=False)
    except LinewrightError as error:
        told(str(error))
        return USER_FAULT
    except USAGE_ERRORS as error:
        told(f"{usage_words(error.format_message(), arguments)}\n    linewright --help lists the commands; linewright COMMAND --help its options.")
        return USER_FAULT
    except ABORTED:
        told("Stopped by Ctrl-C.")
        return INTERRUPTED
    except sqlite3.DatabaseError as error:
        what = "cannot be read now" if isinstance(error, sqlite3.OperationalError) else "is damaged: put a copy of it back, or move it away"
        told(f"A run's file in the ledger {what} ({error}).\n    linewright runs lists them, linewright ledger status says where they are.")
        return USER_FAULT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has ended (`| head`): nothing is left to say
        return 0
    except OSError as error:
        told(f"{error.filename or 'The system'}: {error.strerror or error}. Nothing more was written.")
        return USER_FAULT
    except MemoryError as error:
        told(f"This line needs more memory than the machine has: {error}.\n    Look for a buffer or a count with too many digits.")
        return USER_FAULT
    if result == INTERRUPTED:  # Typer turns Ctrl-C into this code and says nothing
        told("Stopped by Ctrl-C.")
    return result if isinstance(result, int) else 0


#: What the parser says of a value, and what is said here.
USAGE_WORDS = (
    (r"Input should be a valid integer.*", "a whole number was expected, such as 7"),
    (r"Input should be a valid number.*", "a number was expected, such as 1.5"),
    (r"Input should be greater than or equal to (\S+)", r"\1 or more was expected"),
    (r"Input should be less than or equal to (\S+)", r"\1 at most was expected"),
    (r"Input should be a valid boolean.*", "yes or no was expected"),
)


def usage_words(message: str, arguments: list[str]) -> str:
    """Return what is wrong with an option in our words, with what came.

    Examples
    --------
    >>> usage_words("Invalid value for '--seed': Input should be a valid integer, unable to parse", ["simulate", "x", "--seed", "abc"])
    '--seed abc: a whole number was expected, such as 7.'
    """
    import re
    from itertools import pairwise

    found = re.match(r"Invalid value for '(?P<option>--[a-z-]+)'[^:]*: (?P<why>.*)", message, re.DOTALL)
    if found is None:
        return message
    why = next((re.sub(form, words, found["why"], flags=re.DOTALL) for form, words in USAGE_WORDS if re.match(form, found["why"])), None)
    if why is None:
        return message
    option = found["option"]
    apart = [b for a, b in pairwise(arguments) if a == option]
    joined = [a.partition("=")[2] for a in arguments if a.startswith(f"{option}=")]
    came = next(iter([*apart, *joined]), "")
    return f"{option} {came}".rstrip() + f": {why}."


def told(text: str) -> None:
    """Print a fault on stderr."""
    sys.stdout.flush()
    sys.stderr.write(text.rstrip() + "\n")
