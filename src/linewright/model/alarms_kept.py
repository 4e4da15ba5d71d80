"""Words of alarms that a station inherited are kept as far as it has what they are of."""

from __future__ import annotations

from linewright.model.reader import Fields, Node, Text, is_none

__all__ = ["without_idle_alarms"]


def without_idle_alarms(root: Fields) -> Fields:
    """Return a completed tree without inherited alarms of failures and signals that the station does not have (any more).

    A class has words for all its failures; a station that takes some of them away, or never had them, need not take their words away too. An alarm
    that stands where the station itself is written stays: its `on` may be misspelt.
    """
    entries: dict[str, Node] = dict(root.entries)
    stations, lines = entries.get("stations"), entries.get("lines")
    if isinstance(stations, Fields):
        entries["stations"] = Fields({n: _station(s, stations.keys[n].file) for n, s in stations.entries.items()}, stations.keys, stations.place)
    if isinstance(lines, Fields):
        told: dict[str, Node] = {n: without_idle_alarms(x) if isinstance(x, Fields) else x for n, x in lines.entries.items()}
        entries["lines"] = Fields(told, lines.keys, lines.place)
    return Fields(entries, root.keys, root.place)


def _station(node: Node, file: str) -> Node:
    alarms = node.entries.get("alarms") if isinstance(node, Fields) else None
    if not isinstance(node, Fields) or not isinstance(alarms, Fields):
        return node
    parts = [part for key in ("failures", "signals") if isinstance(part := node.entries.get(key), Fields)]
    have = {name for part in parts for name, entry in part.entries.items() if not is_none(entry)}
    is_changed = "failures" in node.keys and node.keys["failures"].file != file

    def is_kept(name: str) -> bool:
        alarm = alarms.entries[name]
        on = alarm.entries.get("on") if isinstance(alarm, Fields) else None
        is_here = alarms.keys[name].file == file and not is_changed
        return not isinstance(on, Text) or on.value in have or is_here

    kept = [n for n in alarms.entries if is_kept(n)]
    if len(kept) == len(alarms.entries):
        return node
    left = Fields({n: alarms.entries[n] for n in kept}, {n: alarms.keys[n] for n in kept}, alarms.place)
    others = {n: e for n, e in node.entries.items() if kept or n != "alarms"}
    if kept:
        others["alarms"] = left
    return Fields(others, {n: node.keys[n] for n in others}, node.place)
