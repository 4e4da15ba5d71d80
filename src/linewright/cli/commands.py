"""All commands as one Typer application; each stands in a file of its own."""

from __future__ import annotations

from typing import cast

import typer

from linewright.cli.check import check
from linewright.cli.eis import eis
from linewright.cli.explain import explain
from linewright.cli.hold import hold
from linewright.cli.import_ import import_
from linewright.cli.ledger_ import ledger
from linewright.cli.lines import lines
from linewright.cli.new import new
from linewright.cli.run import run
from linewright.cli.runs import runs
from linewright.cli.schema import schema
from linewright.cli.serve import serve
from linewright.cli.simulate import simulate
from linewright.cli.size import size
from linewright.cli.trace import trace
from linewright.cli.version import version

__all__ = ["ABORTED", "USAGE_ERRORS", "app"]

#: What the parser raises for a wrong option: the root of `typer.BadParameter`, wherever the parser comes from.
USAGE_ERRORS = cast("tuple[type[typer.BadParameter], ...]", (typer.BadParameter.__mro__[2],))
ABORTED = (typer.Abort,)

app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False, rich_markup_mode=None)
for command in (lines, new, check, schema, size, simulate, run, serve, runs, trace, explain, hold, version):
    app.command()(command)
app.command("import")(import_)
app.add_typer(eis, name="eis")
app.add_typer(ledger, name="ledger")
