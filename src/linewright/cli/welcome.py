"""What `linewright` alone prints: commands grouped by who asks, one example each."""

from __future__ import annotations

__all__ = ["WELCOME"]

WELCOME = """\
Linewright: describe a line once, then simulate it, run it and trace it.

Usage: linewright COMMAND [OPTIONS]        linewright COMMAND --help

Line planner        before steel is bought: how many machines, which buffer?
  lines             list the lines of the library
  new               begin a line file of your own
  size              machines, people, power and capital for a wanted output
  simulate          the twin: output, OEE, yield, WIP, bottleneck
                      linewright simulate four-stations --until "1 day" --seed 7
                      linewright simulate four-stations --vs "wind.count=2" --replications 10
                      linewright size cylindrical-21700-tabless --output "10 GWh/a"

Process engineer    what is set, what is seen, where a value came from
  check             name every fault of a line file; --full prints all values
  schema            print the JSON Schema of the line file, for editors
                      linewright check cylindrical-21700-tabless --full
  eis               impedance spectra of cells, or of a stack: check, fit, judge
                      linewright eis FILE --circuit "R0-p(R1,CPE1)"

Operator            what is stopped, what do I do now?
  run               the line, live, with its page
  serve             the page on a ledger, without a run
                      linewright run cylindrical-21700-tabless --speed 60

Quality engineer    where a cell came from, what came of a metre of web
  trace             genealogy, both ways
  explain           what bad units share that good ones do not
  hold              keep units back with a reason, and release them
  runs              list the runs in the ledger
                      linewright trace CELL-4418

Integrator          real records and machines
  import            read real production records into the ledger
  ledger status     where the ledger is, how large, what writes to it
  ledger verify     whether anything in it was changed
  ledger close-day  days that no longer change to Parquet
  ledger export     a table to CSV, Parquet or Arrow
  ledger copy       runs from a folder to a database, or back
  version           print the version
                      linewright import kiprobatt PATH --report report.json
"""
