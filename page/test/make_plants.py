"""Write the plants that the drawing's tests lay out, as the server answers them: ``python page/test/make_plants.py FOLDER-OF-LINE-FILES``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.web.plant import plant_body

LINES = (
    *("four-stations", "cylindrical-21700-tabless", "cut-and-stack", "module-topcon", "logistics"),
    *("blade-lfp", "sports-car-pack", "electrolyzer-alkaline"),
)


def main() -> None:
    """Read each line file and write its plant as JSON beside this file."""
    folder, target = Path(sys.argv[1]), Path(__file__).parent / "plants"
    catalogue = installed_libraries()
    for name in LINES:
        file = folder / f"{name}.yaml"  # a line that has no file there is the library's
        body = plant_body(load(str(file) if file.is_file() else name, catalogue))
        (target / f"{name}.json").write_text(json.dumps(body, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
