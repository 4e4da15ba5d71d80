"""What the server answers: JSON that any browser reads (no NaN), and errors that all have one shape (`docs/api.md`, section 1)."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from linewright.model.errors import LinewrightError

__all__ = ["AnswerError", "answer", "error_body", "error_response", "plain", "text_of"]

LOG = logging.getLogger("linewright.web")


class AnswerError(LinewrightError):
    """A request that cannot be answered.

    Parameters
    ----------
    status
        The HTTP status.
    what
        What is wrong, as a sentence.
    expected, came
        What would have been right, and what was there instead; empty where the sentence says it.
    nearest
        Names close to what came.
    step
        What to do now.
    again_s
        After how long the same request may be answered; None: asking again is no use.

    Examples
    --------
    >>> print(AnswerError(404, "No station is called winter.", nearest=["winder"]))
    No station is called winter. Nearest: winder.
    """

    def __init__(
        self, status: int, what: str, *, expected: str = "", came: str = "", nearest: Sequence[str] = (), step: str = "", again_s: int | None = None
    ) -> None:
        super().__init__(what)
        self.again_s = again_s
        self.status = status
        self.what = what
        self.expected = expected
        self.came = came[:200]
        self.nearest = tuple(nearest)
        self.step = step

    def __str__(self) -> str:
        parts = [self.what]
        if self.expected:
            parts.append(f"Expected: {self.expected}.")
        if self.nearest:
            parts.append(f"Nearest: {', '.join(self.nearest)}.")
        if self.step:
            parts.append(self.step)
        return " ".join(parts)


def error_body(error: LinewrightError) -> dict[str, Any]:
    """Return the one shape of errors, of any error that a user may see."""
    if isinstance(error, AnswerError):
        return {"what": error.what, "expected": error.expected, "came": error.came, "nearest": list(error.nearest), "next": error.step}
    return {"what": str(error), "expected": "", "came": "", "nearest": [], "next": ""}


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: NumPy scalars and arrays as Python's, NaN and infinities as None, tuples as lists.

    Examples
    --------
    >>> plain({"a": np.float64("nan"), "b": (1, np.int64(2)), "c": np.array([1.5, np.inf])})
    {'a': None, 'b': [1, 2], 'c': [1.5, None]}
    """
    if isinstance(value, float):  # np.float64 is one
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value.tolist()]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return str(value)


def text_of(body: Any) -> bytes:
    """Return the JSON of a body, UTF-8, without spaces."""
    return json.dumps(plain(body), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer that no cache keeps, unless `headers` say otherwise."""
    return Response(text_of(body), status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")


def error_response(_request: Request, error: Exception) -> Response:
    """Answer an error that went through: a user's fault with its status, ours with 500 and the rest in the log."""
    if isinstance(error, AnswerError):
        return answer(error_body(error), error.status, {} if error.again_s is None else {"Retry-After": str(error.again_s)})
    if isinstance(error, LinewrightError):
        return answer(error_body(error), 503)
    LOG.error("an answer failed", exc_info=error)
    ours = AnswerError(500, "The server failed at this request.", came=type(error).__name__, step="The server's log has the rest; other pages go on.")
    return answer(error_body(ours), 500)
