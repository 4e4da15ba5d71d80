"""The grammar of a line file's top level, and of a library class (LINE-FILE, section 3.1)."""

from __future__ import annotations

from linewright.model.forms import (
    Choice,
    Clock,
    Count,
    Either,
    Form,
    Key,
    LawForm,
    ListOf,
    MapOf,
    Name,
    Quantity,
    Record,
    Span,
    Switch,
    WindowForm,
    Words,
)
from linewright.model.grammar import (
    ALIKE,
    ANY,
    FAILURES,
    LENGTH,
    MAINTENANCES,
    POINT,
    POSITIVE_TIME,
    POWER,
    RATE,
    RECIPE,
    SHARE,
    SIGNAL,
    SPEED,
    STATION,
    TIME,
)

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FIGURES = ("output", "oee", "yield", "bottleneck", "energy", "cost", "co2", "wip", "takt", "stations")
#: Words that no station, material or resource may be called.
RESERVED = ("out", "scrap", "none", "unlimited", "always")

MATERIAL = Record(
    {
        "use": Key(Name("material"), "a material of the library: start from it"),
        "about": Key(Words(), "a note"),
        "id": Key(Name("prefix"), "prefix of its serials (default: its name)"),
        "price": Key(Quantity(("price",)), "of one, or of a kg, m, L"),
        "co2": Key(Quantity(("co2",), low=None), "CO2 of one, or of a kg, m, L"),
        "density": Key(Quantity(("density",), above=True), "its density"),
        "shelf-life": Key(POSITIVE_TIME, "how long it can be used"),
        "stock": Key(Quantity(("amount",)), "how much there is at the start"),
        "delivery": Key(
            Record(
                {
                    "every": Key(POSITIVE_TIME, "time between deliveries", required=True),
                    "amount": Key(Quantity(("amount",), above=True), "how much comes", required=True),
                },
                what="a delivery",
            ),
            "how it comes",
        ),
        "waste": Key(SHARE, "share of what is drawn that is lost at use", "0 %"),
        "properties": Key(MapOf(ANY, "property"), "its properties"),
    },
    what="a material",
)
CARRIER = Record(
    {
        "holds": Key(Count(1), "items on it", "1"),
        "count": Key(Count(1, unlimited=True), "how many there are", "unlimited"),
        "empty-return": Key(TIME, "from the unloader back to the loader", "0 s"),
        "id": Key(Name("prefix"), "prefix of its serials (default: its name)"),
        "about": Key(Words(), "a note"),
    },
    what="a carrier",
)
PEOPLE = Record(
    {
        "count": Key(ALIKE, "how many", "1"),
        "works": Key(Name("plan", ("always",)), "their shift plan", "always"),
        "cost": Key(Quantity(("cost",)), "of one, per hour"),
        "about": Key(Words(), "a note"),
    },
    what="people",
)
BATTERY = Record(
    {
        "run": Key(POSITIVE_TIME, "running time of a full charge", required=True),
        "charge": Key(POSITIVE_TIME, "time of a full charge", required=True),
        "charge-below": Key(SHARE, "goes to charge below this", "20 %"),
        "chargers": Key(Count(1), "how many can charge at once", "1"),
        "at": Key(Name("point"), "where the chargers are"),
    },
    what="a battery",
)
VEHICLE = Record(
    {
        "count": Key(ALIKE, "how many", "1"),
        "speed": Key(SPEED, "how fast"),
        "load": Key(TIME, "time to load", "0 s"),
        "unload": Key(TIME, "time to unload", "0 s"),
        "holds": Key(Count(1), "items it carries", "1"),
        "dispatch": Key(Choice(("longest-waiting", "nearest", "highest-priority")), "who is served next", "longest-waiting"),
        "distance": Key(LENGTH, "of every trip"),
        "time": Key(LawForm("time"), "of one trip"),
        "roads": Key(Switch(), "it uses the file's roads (default: yes where there are roads and neither distance nor time)"),
        "park": Key(Name("point"), "where it waits"),
        "battery": Key(BATTERY, "its battery"),
        "failures": Key(FAILURES, "unplanned stops"),
        "about": Key(Words(), "a note"),
    },
    one_of=(("distance", "time"),),
    what="vehicles",
)
ROADS = Record(
    {
        "points": Key(MapOf(POINT, "point"), "places by name", required=True),
        "ways": Key(
            ListOf(
                Either(
                    items=ListOf(Name("point"), 2),
                    fields=Record(
                        {
                            "from": Key(Name("point"), "one end", required=True),
                            "to": Key(Name("point"), "the other end", required=True),
                            "one-way": Key(Switch(), "only from `from` to `to`", "no"),
                            "length": Key(Quantity(("length",), above=True), "its length (default: straight)"),
                            "speed": Key(SPEED, "speed allowed on it"),
                        },
                        what="a way",
                    ),
                )
            ),
            "ways between points",
        ),
        "zones": Key(
            MapOf(
                Record(
                    {
                        "vehicles": Key(Count(1), "how many at a time", "1"),
                        "radius": Key(Quantity(("length",), above=True), "how far around the point it reaches", "3 m"),
                    },
                    short="vehicles",
                    what="a zone",
                ),
                "point",
            ),
            "crossings with few places",
        ),
    },
    what="roads",
)
UTILITY = Record(
    {
        "serves": Key(Either(text=Name("station"), items=ListOf(Name("station"))), "stations it serves", required=True),
        "power": Key(POWER, "what it draws"),
        "recipe": Key(RECIPE, "set-points"),
        "signals": Key(MapOf(SIGNAL, "signal"), "process values"),
        "failures": Key(FAILURES, "unplanned stops"),
        "maintenance": Key(MAINTENANCES, "planned stops"),
        "about": Key(Words(), "a note"),
    },
    what="a utility",
)
_SPANS = Either(text=Span(), items=ListOf(Span()))
SHIFT = Record(
    {
        "days": Key(Either(text=Choice(("all", *DAYS)), items=ListOf(Choice(DAYS))), "days it works", "all"),
        "hours": Key(_SPANS, "from - to, on the clock of `time-zone`", required=True),
        "breaks": Key(_SPANS, "when nobody works"),
        "holidays": Key(Either(text=Clock(), items=ListOf(Clock())), "dates when nobody works"),
    },
    what="a shift plan",
)
ENERGY = Record(
    {"price": Key(Quantity(("energy price",)), "of a kWh"), "co2": Key(Quantity(("energy co2",), low=None), "CO2 of a kWh")},
    what="a carrier of energy",
)
ORDER = Record(
    {
        "product": Key(Name("material"), "what to make", required=True),
        "amount": Key(Count(1), "how many", required=True),
        "priority": Key(Count(0), "higher first", "1"),
        "release": Key(TIME, "not before", "0 s"),
        "due": Key(TIME, "wanted by"),
    },
    what="an order",
)
FAULT = Record(
    {
        "fault": Key(Name("fault"), "what goes wrong", required=True),
        "station": Key(Name("station"), "where", required=True),
        "machine": Key(Count(1), "which machine (default: all)"),
        "tool": Key(MapOf(Count(1), "tool"), "which tool; of a web its lane (default: all)"),
        "size": Key(ANY, "how large", required=True),
        "at": Key(TIME, "from when", required=True),
        "for": Key(TIME, "how long (default: to the end)"),
    },
    row=True,
    what="a fault",
)
RUN = Record(
    {
        "begin": Key(Clock(time_too=True), "when it begins (default: a twin 2026-01-05 00:00, live now)"),
        "until": Key(POSITIVE_TIME, "how long", "1 d"),
        "start": Key(Choice(("empty", "filled")), "how stores and carriers are at the start", "empty"),
        "warm-up": Key(Quantity(("time",), words=("found",)), "time not counted", "found"),
        "replications": Key(Count(1), "how many runs", "1"),
        "seed": Key(Count(0, 2**63 - 1), "of all random numbers", "1"),
        "show": Key(Either(text=Choice(FIGURES), items=ListOf(Choice(FIGURES))), "figures shown"),
    },
    what="a run",
)
_VALUE = Words("14")

#: Keys of every file after its header.
_LINE: dict[str, Key] = {
    "about": Key(Words(), "one sentence, shown on the page"),
    "use": Key(Words("./my-line.yaml"), "a line or a ./file: start from it"),
    "level": Key(Choice(("machine", "line")), "what the file describes; stations are one ISA-95 level below", "line"),
    "product": Key(Name("material"), "what the last station must make"),
    "target": Key(RATE, "wanted rate"),
    "source": Key(Name("mark"), "mark of all unmarked numbers in this file"),
    "sources": Key(MapOf(Words(), "mark"), "what the marks mean"),
    "stations": Key(MapOf(STATION, "station"), "the stations, in order"),
    "materials": Key(MapOf(MATERIAL, "material"), "what is made and bought"),
    "carriers": Key(MapOf(CARRIER, "carrier"), "trays, racks, pallets"),
    "people": Key(MapOf(PEOPLE, "people"), "crews"),
    "vehicles": Key(MapOf(VEHICLE, "vehicle"), "fleets"),
    "roads": Key(ROADS, "where vehicles drive"),
    "utilities": Key(MapOf(UTILITY, "utility"), "shared supplies"),
    "time-zone": Key(Words("Europe/Berlin"), "of every clock time in this file", "UTC"),
    "shifts": Key(MapOf(SHIFT, "plan"), "shift plans"),
    "works": Key(Name("plan", ("always",)), "the plan of the whole line", "always"),
    "energy": Key(
        Record({"profile": Key(Name("profile"), "fills power of stations that state none")}, None, ENERGY, what="energy"), "carriers of energy"
    ),
    "orders": Key(ListOf(ORDER), "what to make (default: `product` for ever)"),
    "faults": Key(ListOf(FAULT), "faults injected"),
    "keep": Key(
        Record(
            {
                "signals": Key(POSITIVE_TIME, "how long signals are kept", "90 d"),
                "records": Key(POSITIVE_TIME, "how long records are kept", "15 years"),
            },
            what="retention",
        ),
        "retention",
    ),
    "run": Key(RUN, "how it is run"),
    "variants": Key(MapOf(MapOf(_VALUE, "path"), "variant"), "runs compared with the first"),
    "sweep": Key(MapOf(ListOf(_VALUE), "path"), "all combinations of these"),
}
HEADERS = ("line", "site", "experiment")
#: A line inside a site: all but the header.
LINE_IN_SITE = Record(_LINE, what="a line")
FILE = Record(
    {
        "line": Key(Name("line"), "the file is a line of this name"),
        "site": Key(Name("site"), "the file is a site of this name"),
        "experiment": Key(Name("experiment"), "the file is an experiment of this name"),
        **_LINE,
        "lines": Key(MapOf(LINE_IN_SITE, "line"), "the lines of a site"),
    },
    one_of=(HEADERS,),
    what="a line file",
)

_DECLARED = MapOf(
    Record(
        {
            "unit": Key(Words("mm"), "unit it is shown in"),
            "default": Key(Either(text=ANY, items=ListOf(ANY)), "start value"),
            "range": Key(WindowForm(spans=True), "what the model holds for"),
            "about": Key(Words(), "what it is"),
            "rises-with": Key(ListOf(Name("name")), "what makes it larger"),
            "falls-with": Key(ListOf(Name("name")), "what makes it smaller"),
            "over": Key(POSITIVE_TIME, "of a fault: it grows from nothing for so long"),
            "period": Key(POSITIVE_TIME, "of a fault: it comes and goes, there in the first half of each"),
        },
        short="default",
        what="a declaration",
    ),
    "name",
)
DECLARED_PARTS = ("parameters", "recipe", "inputs", "measures", "signals", "tools", "failures", "faults")
CLASS = Record(
    {
        "process": Key(Name("class"), "its name", required=True),
        "about": Key(Words(), "one sentence"),
        "source": Key(Name("mark"), "mark of all unmarked numbers in this file"),
        "sources": Key(MapOf(Words(), "mark"), "what the marks mean"),
        "station": Key(STATION, "what a station starts from"),
        "declares": Key(Record({part: Key(_DECLARED, f"{part} it knows") for part in DECLARED_PARTS}, what="declarations"), "names it knows"),
    },
    what="a station class",
)


def form_of(path: str) -> Form | None:
    """Return the form of a fixed path of a file, such as ``stations``; None where there is none.

    Examples
    --------
    >>> form_of("works")
    Name(of='plan', also=('always',))
    """
    key = FILE.keys.get(path)
    return key.form if key else None
