"""A day of the tutorial line, and the same day with one more winder: the first question of a line planner."""

from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.twin.simulate import simulate

catalogue = installed_libraries()
for change in ("wind.count=1", "wind.count=2"):
    result = simulate(load("four-stations", catalogue, [change]), until_s=86_400, seed=7)
    print(f"{change}: {result.made:,} cells, {result.per_min:.2f} a minute")
