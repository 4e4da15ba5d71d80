"""Checks of orders and of what stations say by product: every name is known, and somebody makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linewright.model.merging import nearest

if TYPE_CHECKING:
    from linewright.model.checks import Checking
    from linewright.model.flow import Step

__all__ = ["check_orders", "check_products"]


def check_orders(c: Checking, path: str, orders: list[Any]) -> None:
    """Check that every order is for something known, and wanted later than it is released."""
    made = _made(c)
    known = list(dict.fromkeys([*made, *(name for step in c.flow.steps for name, _ in _told_apart(step)), *_materials(c)]))
    for number, order in enumerate(orders, 1):
        if not isinstance(order, dict):
            continue
        product = order.get("product")
        if isinstance(product, str) and product not in known:
            near = nearest(product, known)
            hint = "Name it under `per-product` or `setup` of a station, or under `materials`, if it is another product of this line."
            c.fault(f"{path}.{number}.product", f"no line makes `{product}`. {near}".rstrip(), "" if near else hint)
        release, due = order.get("release"), order.get("due")
        if release and due and due.si <= release.si:
            c.fault(f"{path}.{number}.due", "the order is due before it is released.")


def check_products(c: Checking, step: Step) -> None:
    """Check the products that a station tells apart: with orders, those that nobody orders are told; without, those that nobody makes."""
    ordered = [o["product"] for o in _orders(c) if isinstance(o, dict) and isinstance(o.get("product"), str)]
    known = list(dict.fromkeys([*_made(c), *ordered]))
    for name, path in _told_apart(step):
        if name in known:
            continue
        near = nearest(name, known)
        if ordered:
            c.warn(path, f"no order makes `{name}`. {near}".rstrip(), "It changes nothing until one does.")
        else:
            c.warn(path, f"no line makes `{name}`. {near}".rstrip(), "It changes nothing until `orders` ask for it.")


def _orders(c: Checking) -> list[Any]:
    return [o for values in (c.root, *(p.values for p in c.parts)) for o in values.get("orders") or []]


def _materials(c: Checking) -> list[str]:
    return [name for values in (c.root, *(p.values for p in c.parts)) for name in values.get("materials") or {}]


def _made(c: Checking) -> list[str]:
    """Return the products of all lines, and all that stations make."""
    products = [p.values["product"] for p in c.parts if p.values.get("product")]
    return list(dict.fromkeys([*products, *(name for step in c.flow.steps for name in step.made)]))


def _told_apart(step: Step) -> list[tuple[str, str]]:
    """Return the products that a station names, each with its path."""
    found = [(name, f"{step.where}.per-product.{name}") for name in step.mapping("per-product")]
    for before, after in step.mapping("setup").items():
        if before == "other":
            continue
        found.append((before, f"{step.where}.setup.{before}"))
        found += [(name, f"{step.where}.setup.{before}.{name}") for name in (after if isinstance(after, dict) else {}) if name != "other"]
    return found
