"""Check the documentation: every relative link leads somewhere, every `linewright` command that is shown exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def broken_links(page: Path) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    lost = [t for t in targets if "://" not in t and not (page.parent / t).exists()]
    return [f"{page.relative_to(REPOSITORY)}: the link {t} leads nowhere" for t in lost]


def unknown_commands(page: Path, known: set[str]) -> list[str]:
    """Return the `linewright` commands of a page that the command line does not know."""
    text = page.read_text(encoding="utf-8")
    shown = set(re.findall(r"^(?:\$ )?(?:\.venv/bin/)?linewright ([a-z]+)", text, re.MULTILINE)) | set(re.findall(r"`linewright ([a-z]+)", text))
    return [f"{page.relative_to(REPOSITORY)}: there is no command `linewright {name}`" for name in sorted(shown - known)]


def main() -> int:
    """Print what is wrong; return 1 where anything is."""
    shown = subprocess.run([sys.executable, "-m", "linewright.cli", "--help"], capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout
    known = set(re.findall(r"^\W*([a-z]+)\s", shown, re.MULTILINE)) | set(re.findall(r"linewright ([a-z]+)", shown))
    pages = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / "src").rglob("*.md")])
    rows = [row for page in pages for row in broken_links(page) + unknown_commands(page, known)]
    print("\n".join(rows) or f"{len(pages)} pages, all links and commands exist")
    return int(bool(rows))


if __name__ == "__main__":
    raise SystemExit(main())
