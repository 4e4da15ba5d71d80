"""A process that writes a run until it is killed; it prints the number of each event after the commit that holds it."""

from __future__ import annotations

import sys

from linewright.ledger.stores import open_ledger


def main(where: str, run: str | None) -> None:
    ledger = open_ledger(where)
    with ledger.create_run("plan", "digest", "live", 1, 60.0, 0, "test") if run is None else ledger.open_run(run) as writer:
        print(f"run {writer.run_id}", flush=True)
        begin = ledger.reader(writer.run_id).newest_event() + 1
        for number in range(begin, begin + 100_000):
            seq = writer.event("count", number, {"number": number})
            unit = [(5 << 40) + number] * 50
            writer.append("visit", {"unit": unit, "step": [1] * 50, "out_us": list(range(number * 50, number * 50 + 50))})
            writer.commit(state=str(number).encode() if number % 10 == 0 else None)
            print(seq, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
