"""Results as columns: plain NumPy arrays, which Arrow, Polars and pandas take as they are."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.model.errors import LinewrightError

__all__ = ["Column", "Table", "column"]

Column = NDArray[Any]


def column(values: Sequence[str | float | int | None]) -> Column:
    """Return a column: texts where any is a text (None becomes an empty one), else numbers (None becomes NaN).

    Examples
    --------
    >>> column([1.5, None]), column(["a", None])
    (array([1.5, nan]), array(['a', ''], dtype='<U1'))
    """
    if any(isinstance(value, str) for value in values):
        return np.array(["" if value is None else str(value) for value in values])
    if values and all(isinstance(value, int) for value in values):
        return np.array(values, np.int64)
    return np.array([np.nan if value is None else value for value in values], float)


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of equal length.

    ``polars.DataFrame(table.columns)``, ``pandas.DataFrame(table.columns)`` and ``pyarrow.table(table.columns)`` take them as they are;
    any library that speaks Arrow's C interface takes the table itself, where pyarrow is installed.

    Parameters
    ----------
    columns
        By name, in order, shape (rows,) each.
    title
        Above it in a notebook.

    Examples
    --------
    >>> table = Table({"count": np.array([1, 2]), "output": np.array([10.0, 19.5])})
    >>> len(table), table["output"].max(), list(table.rows())[1]
    (2, np.float64(19.5), {'count': 2, 'output': 19.5})
    """

    columns: Mapping[str, Column]
    title: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows, each by column; plain Python values."""
        lists = {name: values.tolist() for name, values in self.columns.items()}
        return [{name: values[n] for name, values in lists.items()} for n in range(len(self))]

    def to_arrow(self) -> Any:
        """Return a `pyarrow.Table`. Raises LinewrightError where pyarrow is not installed."""
        try:
            import pyarrow as pa  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise LinewrightError("Arrow tables need pyarrow. Install it with: pip install 'linewright[arrow]'") from error
        return pa.table({name: pa.array(values.tolist() if values.dtype.kind == "U" else values) for name, values in self.columns.items()})

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(_cell(value) for value in row.values())}</tr>" for row in self.rows())
        caption = f"<caption>{html.escape(self.title)}</caption>" if self.title else ""
        return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return f"<td>{html.escape(value)}</td>"
    shown = "" if value != value else f"{value:.5g}" if isinstance(value, float) else str(value)  # noqa: PLR0124 - NaN alone is not itself
    return f'<td style="text-align: right">{shown}</td>'
