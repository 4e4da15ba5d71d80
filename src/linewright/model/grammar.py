"""The grammar of a station: one row for each key (LINE-FILE, section 3.2). The top level is in `grammar_line.py`."""

from __future__ import annotations

from dataclasses import replace

from linewright.model.forms import (
    Choice,
    Count,
    Either,
    Every,
    Key,
    LawForm,
    ListOf,
    MapOf,
    Name,
    Quantity,
    Record,
    Switch,
    WindowForm,
    Words,
)

# More of one thing than these is a slip of the pen; each machine and each place costs memory in a run.
MOST_ALIKE = 100_000
MOST_PLACES = 100_000_000
ALIKE = Count(1, MOST_ALIKE)
BUFFER = Count(0, MOST_PLACES, unlimited=True)
TIME = Quantity(("time",))
POSITIVE_TIME = Quantity(("time",), above=True)
SHARE = Quantity(("share",), low=0.0, high=1.0)
LENGTH = Quantity(("length",))
# Slower than once in 30,000 years, or than a nanometre a second, is a slip of the pen, and its reciprocal would overflow.
RATE = Quantity(("rate",), low=1e-12)
SPEED = Quantity(("speed",), low=1e-9)
POSITIVE_LENGTH = Quantity(("length",), above=True)
ANY = Quantity(("any",), low=None)
NAMED_WORDS = Name("material")
ELECTRICITY = "electricity"

FAILURE = Record(
    {
        "mtbf": Key(LawForm("time", "exponential"), "time between failures", required=True),
        "mttr": Key(LawForm("time", "exponential"), "time to repair", required=True),
        "clock": Key(Choice(("running", "calendar")), "what the time between failures counts", "running"),
        "by": Key(Name("people"), "the people who repair"),
        "stops": Key(Choice(("station", "tool")), "what it takes out: the machine, or one tool", "station"),
    },
    row=True,
    what="a failure",
)
MAINTENANCE = Record(
    {
        "every": Key(Every(("time", "count")), "calendar time or items between two stops", required=True),
        "time": Key(LawForm("time"), "how long the stop takes", required=True),
        "by": Key(Name("people"), "the people who do it"),
    },
    row=True,
    what="a planned stop",
)
FAILURES = MapOf(FAILURE, "failure mode")
MAINTENANCES = MapOf(MAINTENANCE, "planned stop")

SIGNAL = Record(
    {
        "range": Key(WindowForm(spans=True), "least and largest value"),
        "every": Key(Every(("time", "length")), "time or metres between two samples", "1 s"),
        "count": Key(Count(1), "how many of the same, such as zones", "1"),
        "window": Key(WindowForm(), "outside it there is an alarm"),
        "error": Key(ANY, "limit of the meter's error"),
        "per": Key(Name("tool"), "a tool of the station, such as channel: kept as one curve a unit and visit, one for each of that tool"),
        "keep": Key(TIME, "how long it is kept"),
    },
    short="range",
    row=True,
    what="a signal",
)
RECIPE = MapOf(Either(text=Quantity(("any", "C-rate"), low=None), items=ListOf(Quantity(("any", "C-rate"), low=None))), "set-point")

INPUT = Record(
    {
        "amount": Key(Quantity(("amount",), above=True), "how much goes into one made; with /m, into each metre made", "1"),
        "buffer": Key(BUFFER, "places in front of this input (default: the station's buffer)"),
        "rolls": Key(Count(1), "webs of it that run in parallel", "1"),
        "coil": Key(POSITIVE_LENGTH, "length of a bought coil"),
        "change": Key(TIME, "time to change the coil", "0 s"),
        "splice": Key(LENGTH, "length lost and uncertain at a splice", "0 m"),
        "scrap": Key(SHARE, "share of the parts broken", "0 %"),
        "brought-by": Key(Name("vehicle"), "who brings it"),
    },
    short="amount",
    row=True,
    what="a thing taken",
)
BILL = MapOf(INPUT, "material", alone=True)
OUTPUT = Quantity(("amount",), above=True)

MEASURE = Record(
    {
        "window": Key(WindowForm(), "what a good value lies in"),
        "mean": Key(ANY, "mean without a process model (default: the window's middle)"),
        "spread": Key(Quantity(("any",)), "standard deviation; added to the result of a process model", "0"),
        "law": Key(Choice(("normal", "poisson", "bernoulli")), "how the values are spread", "normal"),
        "every": Key(Every(), "how often it is measured (default: every item)"),
        "error": Key(Quantity(("any",)), "limit of the instrument's error"),
    },
    short="window",
    row=True,
    what="a measure",
)

WEB = Record(
    {
        "width": Key(POSITIVE_LENGTH, "width of the web"),
        "sides": Key(ListOf(Name("side")), "its coated sides"),
        "lanes": Key(Count(1), "lanes it is slit into", "1"),
        "lane-width": Key(POSITIVE_LENGTH, "width of each lane"),
        "rewind": Key(Switch(), "the end becomes the beginning", "no"),
        "elongation": Key(Quantity(("share",), low=-0.5, high=1.0), "by which it grows longer", "0 %"),
        "loss": Key(SHARE, "share of length cut out", "0 %"),
        "trim-start": Key(LENGTH, "taken off at the start", "0 m"),
        "trim-end": Key(LENGTH, "taken off at the end", "0 m"),
        "sample": Key(LENGTH, "cut out as a sample at the end", "0 m"),
        "delay": Key(TIME, "from batch to web", "0 s"),
        "error": Key(LENGTH, "limit of the position's error", "0 m"),
        "drift": Key(SHARE, "limit of the position's drift along the length", "0 %"),
    },
    what="a piece map",
)

BATCH = Record(
    {
        "size": Key(Count(1), "how many start together", "1"),
        "wait": Key(TIME, "start at the latest so long after the first (default: no limit)"),
        "load": Key(TIME, "for each item, one after the other", "0 s"),
        "unload": Key(TIME, "for each item, one after the other", "0 s"),
    },
    what="a batch",
)
GATE = Record(
    {
        "to": Key(Name("station", ("scrap", "out")), "where an item outside its windows goes", "scrap"),
        "fails": Key(SHARE, "share that fails by chance (default: the windows decide)"),
        "limit": Key(Count(0, unlimited=True), "most passes", "unlimited"),
        "then": Key(Name("station", ("scrap", "out")), "where an item beyond the limit goes", "scrap"),
        "misses": Key(SHARE, "share of bad items let through", "0 %"),
        "false-alarms": Key(SHARE, "share of good items refused", "0 %"),
        "checks": Key(Either(text=Name("measure"), items=ListOf(Name("measure"))), "what is judged (default: what is measured here)"),
    },
    short="to",
    what="a gate",
)
WITHIN = Record(
    {
        "limit": Key(POSITIVE_TIME, "latest start", required=True),
        "since": Key(Name("station"), "after which station (default: the one before)"),
        "late": Key(Name("station", ("scrap", "out")), "where a late item goes", "scrap"),
    },
    short="limit",
    what="a time limit",
)
CARRIER_USE = Record(
    {
        "carrier": Key(Name("carrier"), "which carrier", required=True),
        "same": Key(Choice(("product", "grade", "lot")), "one stays open for each of these"),
    },
    short="carrier",
    what="a carrier",
)
POWER = MapOf(Quantity(("power",)), "carrier of energy", short=ELECTRICITY)
PRODUCT_TIMES = {"fixed": Key(TIME, "once for each item"), "each": Key(TIME, "for each counted part taken")}
ARRIVAL_EXTRAS = {
    "when-full": Key(Choice(("wait", "lost")), "what an item does that finds no place", "wait"),
    "batch": Key(Count(1), "how many come at once", "1"),
}
POINT = ListOf(Quantity(("length",), low=None), 2)

_STATION: dict[str, Key] = {
    "use": Key(Name("class"), "a station of this file or a library class: start from it"),
    "after": Key(Name("station"), "place of a station put in by an override"),
    "about": Key(Words(), "a note"),
    "area": Key(Name("area"), "grouping on the page"),
    "count": Key(ALIKE, "machines side by side, free choice", "1"),
    "time": Key(LawForm("time", "constant", PRODUCT_TIMES), "for one item, batch or carrier"),
    "rate": Key(RATE, "the same as a rate"),
    "speed": Key(SPEED, "of a web or a conveyor"),
    "length": Key(POSITIVE_LENGTH, "of a conveyor"),
    "buffer": Key(BUFFER, "places in front, shared by the machines", "0"),
    "blocking": Key(Choice(("after", "before")), "a finished item waits on the machine, or work waits for a place behind", "after"),
    "queue": Key(Choice(("fifo", "lifo", "priority", "due", "shortest", "rework-first", "same-product")), "who is next", "fifo"),
    "takes": Key(Either(text=Choice(("none",)), fields=BILL), "begins a new item from these", whole=True),
    "adds": Key(BILL, "parts put into the passing item", whole=True),
    "makes": Key(
        Either(text=Name("material"), fields=MapOf(OUTPUT, "material")), "a new name, or metres of a new coil, or several things", whole=True
    ),
    "to": Key(
        Either(
            text=Name("station", ("scrap", "out")),
            items=ListOf(Name("station", ("scrap", "out"))),
            fields=MapOf(Name("station", ("scrap", "out")), "grade"),
        ),
        "where good items go (default: the next below)",
        whole=True,
    ),
    "choose": Key(Choice(("in-turn", "shortest-queue", "least-work", "first-free")), "how one of several is chosen", "first-free"),
    "arrivals": Key(LawForm("time", "constant", ARRIVAL_EXTRAS), "items come from outside at these gaps"),
    "batch": Key(BATCH, "items that start together"),
    "places": Key(Count(1, MOST_PLACES), "conveyor or store: each item stays for `time`"),
    "loads": Key(CARRIER_USE, "fills a carrier"),
    "unloads": Key(CARRIER_USE, "empties a carrier"),
    "within": Key(WITHIN, "latest start after an earlier station"),
    "scrap": Key(SHARE, "thrown away by chance", "0 %"),
    "gate": Key(GATE, "inspection: what happens to an item outside its windows"),
    "grades": Key(MapOf(MapOf(WindowForm(), "measure"), "grade"), "the first that fits becomes the item's grade", whole=True),
    "setup": Key(
        Record({"other": Key(TIME, "between any two products", "0 s")}, "other", MapOf(TIME, "product"), what="a changeover"), "product changeover"
    ),
    "failures": Key(FAILURES, "unplanned stops, a mode each"),
    "maintenance": Key(MAINTENANCES, "planned stops, after the item in work"),
    "works": Key(Name("plan", ("always",)), "shift plan (default: the line's)"),
    "needs": Key(MapOf(Count(1), "people"), "people while it runs"),
    "brought-by": Key(Name("vehicle"), "who brings the items (default: they come by themselves)"),
    "at": Key(Either(text=Name("point"), items=POINT), "where it stands"),
    "web": Key(WEB, "how the child web lies on its parent"),
    "tools": Key(MapOf(Count(1), "tool"), "spindles, nozzles, channels, lanes: each item knows its own"),
    "model": Key(
        Record({"use": Key(Name("class"), "another process model")}, "use", ANY, what="a process model"), "the process model and its parameters"
    ),
    "recipe": Key(RECIPE, "set-points"),
    "steps": Key(
        ListOf(
            Record(
                {
                    "name": Key(Name("step"), "what the step is called", required=True),
                    "time": Key(TIME, "how long it lasts"),
                    "recipe": Key(RECIPE, "its set-points"),
                },
                what="a step",
            )
        ),
        "a procedure, where order matters",
    ),
    "measures": Key(MapOf(MEASURE, "measure"), "characteristics that are measured"),
    "signals": Key(MapOf(SIGNAL, "signal"), "process values in time or along the metres"),
    "alarms": Key(
        MapOf(
            Record(
                {
                    "on": Key(Name("failure or signal"), "a failure or signal of the station", required=True),
                    "priority": Key(Count(1, 4), "1 critical to 4 (default: failures 2, signals 3)"),
                    "delay": Key(TIME, "how long it lasts before it is raised", "0 s"),
                    "text": Key(Words(), "its words"),
                    "next": Key(Words(), "the operator's next step"),
                },
                row=True,
                what="an alarm",
            ),
            "alarm",
        ),
        "rank and words of alarms",
    ),
    "marks": Key(Switch(), "prints the id on the item", "no"),
    "control": Key(
        MapOf(
            Record(
                {
                    "holds": Key(Name("measure"), "the measure that is held", required=True),
                    "use": Key(Name("controller"), "how", required=True),
                    "gain": Key(Quantity(("any",), low=None), "share of the error that is corrected", "0"),
                    "delay": Key(TIME, "before it acts", "0 s"),
                },
                row=True,
                what="a controller",
            ),
            "set-point",
        ),
        "set-points moved to hold a measure",
    ),
    "power": Key(POWER, "while it runs"),
    "standby": Key(POWER, "while it waits or is down"),
    "item-energy": Key(MapOf(Quantity(("energy",)), "carrier of energy", short=ELECTRICITY), "for each item"),
    "capital": Key(Quantity(("money",)), "price of one machine"),
    "floor": Key(Quantity(("area",)), "floor that one machine takes"),
    "driver": Key(
        Record(
            {"use": Key(Name("driver"), "which driver", "emulated"), "credentials": Key(Name("credentials"), "an entry of the key store")},
            "use",
            Words(),
            what="a driver",
        ),
        "who speaks to the machine",
        "emulated",
    ),
}
ONE_TIME = (("time", "rate", "speed"),)
#: What is not written here holds as the station says it: no default comes in between.
_PRODUCT_STATION = Record(
    {name: replace(key, default=None) for name, key in _STATION.items() if name not in {"use", "after", "count", "to", "driver", "at", "area"}},
    one_of=ONE_TIME,
    what="what differs for a product",
)
STATION = Record(
    {**_STATION, "per-product": Key(MapOf(_PRODUCT_STATION, "product"), "what differs for a product")},
    one_of=ONE_TIME,
    what="a station",
)
