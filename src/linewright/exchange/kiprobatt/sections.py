"""How the records of one cell are read: which values stand under which heading. Goes into the run as the fact `sections`."""

from __future__ import annotations

from typing import Any

__all__ = ["SECTIONS"]

_SHEETS = {"title": "Sheets", "things": ["PredryingMass"], "files": [], "protocol": None, "protocols": []}
_FILLING = {
    "title": "Filling", "things": ["DryCellWithBracingMass", "ElectrolyteVolume", "WettCellMass"], "files": [], "protocol": "filling",
    "protocols": ["ElectrolyteSelection", "InjectionPressure", "SealingPressure"],
}  # fmt: skip
_DRYING = {
    "title": "Drying", "things": [], "files": [], "protocol": "drying",
    "protocols": ["Temperature", "Duration", "Pressure", "NumberOfVentilations", "VentilationPressure"],
}  # fmt: skip
_FORMATION = {
    "title": "Formation", "things": ["MeasurementChannel", "CsvExportFileCell"], "files": ["first charge", "first discharge"],
    "protocol": "formation and end-of-line test", "protocols": ["FormationTemperature"],
}  # fmt: skip

#: `within` ends a protocol's id in the id of an object; `things`, `files` and `protocols` name values of ancestors, of the files these name,
#: and of their protocols of that kind.
SECTIONS: dict[str, Any] = {
    "within": "-23O", "sides": {"AnodeMagazineSelection": "anode", "CathodeMagazineSelection": "cathode"},
    "sections": [_SHEETS, _FILLING, _DRYING, _FORMATION],
}  # fmt: skip
