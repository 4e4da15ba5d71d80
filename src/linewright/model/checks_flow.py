"""Checks that follow the flow: who is fed, who takes what is made, loops, carriers."""

from __future__ import annotations

from linewright.model.checks import Checking
from linewright.model.flow import EXITS, OUT, Edge, Flow, Step
from linewright.model.merging import nearest

__all__ = ["check_flow"]

#: Names that one message lists.
_MOST_NAMED = 8


def check_flow(c: Checking) -> None:
    """Check the whole flow; each fault stands at the station that it is about."""
    _check_fed(c)
    _check_taken(c)
    _check_carriers(c)
    if not _has_unknown_target(c):
        # with a way that leads nowhere, ends and loops would only repeat that fault in other words
        leads_out = _leading_out(c.flow)
        _check_loops(c, leads_out)
        _check_ends(c, leads_out)


def _has_unknown_target(c: Checking) -> bool:
    return any(e.end not in EXITS and c.flow.step(e.end) is None for e in c.flow.edges)


def _check_fed(c: Checking) -> None:
    ends = {edge.end for edge in c.flow.edges if edge.start != edge.end}
    for step in c.flow.steps:
        if step.begins or step.path in ends:
            continue
        above = _above(c.flow, step)
        why = f" `{above.name}`, above it, says `to:` something else." if above is not None and above.get("to") is not None else ""
        c.fault(step.where, f"nobody feeds this station.{why}", "Name it in a `to:` or a `gate:`, move it, or write `takes:`.")


def _above(flow: Flow, step: Step) -> Step | None:
    number = flow.steps.index(step)
    return flow.steps[number - 1] if number and flow.steps[number - 1].line == step.line else None


def _check_ends(c: Checking, leads_out: set[str]) -> None:
    """A chain ends with the product, or with something that a station takes."""
    _check_chain_ends(c)
    _check_products(c, leads_out)


def _check_chain_ends(c: Checking) -> None:
    products = {p.values.get("product") for p in c.parts}
    taken = [name for s in c.flow.steps for name in (*s.inputs, *s.adds)]
    takes_all = {s.path for s in c.flow.steps if s.inputs}
    for step in c.flow.steps:
        name = c.flow.materials.get(step.path, "")
        if step.ends and any(t == OUT for t, _ in step.targets) and name and name not in products and name not in taken:
            where = f"{step.where}.makes" if step.made else step.where
            near = nearest(name, [*taken, *(p for p in products if isinstance(p, str))])
            c.fault(where, f"the chain ends here with `{name}`, which nobody takes and which is not the product `{step.product}`. {near}".rstrip())
        for other in step.made[1:]:
            if other not in taken and other not in products:
                c.warn(f"{step.where}.makes.{other}", f"`{other}` is made, but nobody takes it; it leaves the line.")
        for target, _ in step.targets:
            aim = c.flow.step(target)
            if aim is not None and aim.begins and name and target in takes_all and name not in aim.inputs and aim.get("takes") != "none":
                near = nearest(name, list(aim.inputs))
                c.fault(
                    f"{step.where}.to",
                    f"`{aim.name}` begins something new and does not take `{name}`. {near}".rstrip(),
                    f"Add `{name}: 1` to its `takes:`.",
                )


def _check_products(c: Checking, leads_out: set[str]) -> None:
    makers = {name for s in c.flow.steps for name in s.made}
    for part in c.parts:
        product = part.values.get("product")
        steps = [s for s in c.flow.steps if s.line == part.line]
        final = {c.flow.materials.get(s.path, "") for s in steps if s.ends}
        if any(s.path not in leads_out for s in steps):
            continue
        if isinstance(product, str) and steps and product not in final and product not in makers and not _by_product(steps, product):
            where = f"{part.where}.product".lstrip(".")
            c.fault(
                where,
                f"no station makes `{product}`. {nearest(product, [n for n in (*final, *makers) if n])}".rstrip(),
                "The last station says `makes:` with this name.",
            )


def _by_product(steps: list[Step], product: str) -> bool:
    return any(product in s.mapping("per-product") for s in steps)


def _check_taken(c: Checking) -> None:
    """What is taken comes from a chain, is described in `materials`, or is known to the library."""
    named: set[str] = set(c.root.get("materials") or {})
    for part in c.parts:
        named |= set(part.values.get("materials") or {})
    made = {name: s for s in c.flow.steps for name in s.made}
    for step in c.flow.steps:
        for key in ("takes", "adds"):
            for name in step.mapping(key):
                if c.flow.sources.get((step.path, name)):
                    continue
                here = f"{step.where}.{key}.{name}"
                maker = made.get(name)
                if maker is not None:
                    _not_brought(c, here, name, maker)
                elif name not in named:
                    near = nearest(name, [*made, *named, *c.catalogue.names("material")])
                    c.fault(
                        here,
                        f"no station makes `{name}`, and neither `materials` nor the library knows it. {_made_here(c)} {near}".rstrip(),
                        f"If it is bought, write `materials: {{{name}: {{}}}}`.",
                    )


def _made_here(c: Checking) -> str:
    """Say what the stations make, by name; of many the first few."""
    names = list(dict.fromkeys(name for step in c.flow.steps for name in (*step.made, c.flow.materials.get(step.path, "")) if name))
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"Made here: {', '.join(f'`{name}`' for name in names[:_MOST_NAMED])}{more}." if names else "No station makes anything under a name."


def _not_brought(c: Checking, here: str, name: str, maker: Step) -> None:
    """Say why what a station makes does not arrive here."""
    if any(t not in EXITS and c.flow.step(t) is not None for t, _ in maker.targets):
        c.fault(
            here,
            f"`{maker.name}` makes `{name}`, but passes it on to `{maker.targets[0][0]}`; no chain ends with it.",
            "A `takes:` of that station would end the chain.",
        )
    else:
        c.fault(here, f"`{maker.name}` makes `{name}`, but it does not come here.", f"Let `{maker.name}` say `to:` with this station.")


def _check_loops(c: Checking, leads_out: set[str]) -> None:
    """From every station there is a way out that is not walked round for ever."""
    caught = [s for s in c.flow.steps if s.path not in leads_out and not getattr(s.get("scrap"), "si", 0)]
    if not caught:
        return
    step = next((s for s in caught if s.mapping("gate").get("to") not in (None, *EXITS)), caught[0])
    where = f"{step.where}.gate" if step.get("gate") else f"{step.where}.to" if step.get("to") is not None else step.where
    names = ", ".join(f"`{s.name}`" for s in caught[:6])
    c.fault(
        where,
        f"items go round in a loop without end ({names}): there is no `limit` and no other way out.",
        "Write `limit: 2` at the gate, or let one station pass its items on.",
    )


def _leading_out(flow: Flow) -> set[str]:
    """Return the stations from which some way leads to an exit or to a station that takes."""
    out: set[str] = set()
    stack = [e.start for e in flow.edges if e.end in EXITS or _is_taken(flow, e)]
    while stack:
        path = stack.pop()
        if path not in out:
            out.add(path)
            stack += [e.start for e in flow.arriving(path)]
    return out


def _is_taken(flow: Flow, edge: Edge) -> bool:
    """Tell whether a way ends in something new: the item's own chain is over."""
    aim = flow.step(edge.end)
    return aim is not None and aim.begins and edge.kind == "good" and edge.start != edge.end and _ends(flow, edge.start)


def _ends(flow: Flow, path: str) -> bool:
    step = flow.step(path)
    return step is not None and step.ends


def _check_carriers(c: Checking) -> None:
    """Follow carriers from where they are loaded to where they are unloaded."""
    on: dict[str, str] = {}
    for step in _in_flow_order(c.flow):
        came = {on.get(e.start, "") for e in c.flow.arriving(step.path) if e.start in on and not step.begins}
        loads, unloads = step.mapping("loads").get("carrier"), step.mapping("unloads").get("carrier")
        if loads and unloads:
            on[step.path] = ""
            continue
        carrier = next((x for x in sorted(came) if x), "")
        if unloads and carrier != unloads:
            what = f"they come on `{carrier}`" if carrier else "they come without a carrier"
            c.fault(
                f"{step.where}.unloads",
                f"`{unloads}` is unloaded here, but {what}.",
                "" if carrier else f"An earlier station says `loads: {unloads}`.",
            )
        if loads and carrier:
            c.fault(
                f"{step.where}.loads",
                f"the items come on `{carrier}` already; a carrier cannot be put into a carrier yet.",
                f"Write `unloads: {carrier}` at a station before.",
            )
        if len(came) > 1 and not unloads:
            c.fault(step.where, f"some items come here on `{carrier}`, others without.", "Unload them on every way, or on none.")
        on[step.path] = loads or ("" if unloads else carrier)
        at_end = any(t in EXITS and t == OUT for t, _ in step.targets) or (step.ends and bool(on[step.path]))
        if on[step.path] and at_end:
            name = on[step.path]
            carriers = {**(c.part(step.line).values.get("carriers") or {}), **(c.root.get("carriers") or {})}
            count = (carriers.get(name) or {}).get("count")
            loader = next((s for s in c.flow.steps if s.mapping("loads").get("carrier") == name), step)
            if count is not None:
                c.fault(
                    f"{loader.where}.loads",
                    f"`{name}` is loaded here and never unloaded, but there are only {count} of it.",
                    f"Write `unloads: {name}` at a later station, or `count: unlimited` if it leaves with the product.",
                )
            elif any(t != OUT for t, _ in step.targets):
                c.fault(
                    f"{loader.where}.loads",
                    f"`{name}` is loaded here and never unloaded, but a station takes what is on it.",
                    f"Write `unloads: {name}` at a later station.",
                )


def _in_flow_order(flow: Flow) -> list[Step]:
    """Return stations so that most come after those that feed them: good ways first, loops cut."""
    order: list[Step] = []
    seen: set[str] = set()
    stack = [s for s in reversed(flow.steps) if s.begins]
    while stack:
        step = stack.pop()
        if step.path in seen:
            continue
        seen.add(step.path)
        order.append(step)
        for edge in reversed([e for e in flow.leaving(step.path) if e.end not in EXITS]):
            target = flow.step(edge.end)
            if target is not None and target.path not in seen and not target.begins:
                stack.append(target)
    return [*order, *(s for s in flow.steps if s.path not in seen)]
