"""`ExchangeLog`: what passed between a line and its machines, as rows of the ledger: commands, and what real drivers delivered."""

from __future__ import annotations

from linewright.control.compile import Compiled
from linewright.kernels.exchange_rows import START
from linewright.ledger.writer import RunWriter, now_us
from linewright.live.floor import Floor

__all__ = ["ExchangeLog"]


class ExchangeLog:
    """Writes what passed.

    Parameters
    ----------
    compiled
        The line.
    writer
        Where the rows go; the caller commits.
    """

    def __init__(self, compiled: Compiled, writer: RunWriter) -> None:
        self._compiled, self._writer = compiled, writer

    def write(self, floor: Floor) -> None:
        """Write what passed on a floor since this was last called."""
        self.write_commands(floor)
        for delivery in floor.deliveries():
            row = {
                "driver": self._writer.key("driver", delivery.driver), "number": int(delivery.rows["seq"][-1]),
                "line_us": self._compiled.begin_us + delivery.at_ns // 1000, "wall_us": now_us(), "body": delivery.rows.tobytes(),
            }  # fmt: skip
            self._writer.append("delivery", {name: [value] for name, value in row.items()})

    def write_commands(self, floor: Floor) -> None:
        """Write the commands that were sent, but `start`, which its visit tells."""
        commands = floor.commands()
        told = commands[commands["what"] != START]
        if len(told):
            numbers = self._compiled.table.stations.machine0[told["station"]] + told["machine"]
            keys = [self._writer.key("machine", self._compiled.machines[m]) for m in numbers.tolist()]
            self._writer.append(
                "command",
                {"line_us": self._compiled.begin_us + told["t"] // 1000, "machine": keys, "kind": told["what"], "n": told["n"],
                 "unit": told["item"]},
            )  # fmt: skip
