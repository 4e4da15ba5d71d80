"""Short forms written out, and one tree laid over another: what "start from that, then what I write here" means."""

from __future__ import annotations

from difflib import get_close_matches

from linewright.model.forms import Choice, Either, Form, Key, LawForm, MapOf, Record
from linewright.model.reader import Fields, Items, Node, Report, Text, is_none

__all__ = ["merge", "nearest", "written_out"]

#: Laws by the parameters that only they have: a change from one family to the other drops what no longer fits.
_FIXED_EACH = ("fixed", "each")


def nearest(name: str, known: list[str] | tuple[str, ...]) -> str:
    """Return ``Did you mean `x`?`` for the nearest of the known names, else an empty text.

    Examples
    --------
    >>> nearest("bufer", ["buffer", "count"])
    'Did you mean `buffer`?'
    """
    lower = {k.lower(): k for k in known}
    close = get_close_matches(name.lower()[:80], list(lower), 1, 0.6)
    return f"Did you mean `{lower[close[0]]}`?" if close else ""


def child_form(form: Form, name: str) -> Form | None:
    """Return the form of what stands under `name` in a mapping of this form; None where nothing may."""
    if isinstance(form, Either):
        return child_form(form.fields, name) if form.fields else None
    if isinstance(form, Record):
        key = form.keys.get(name)
        return key.form if key else form.others
    if isinstance(form, MapOf):
        return form.of
    if isinstance(form, LawForm):
        key = form.extra.get(name)
        return key.form if key else None
    return None


def written_out(node: Node, form: Form | None) -> Node:
    """Return a node with every short form in it written out: ``gate: scrap`` becomes ``gate: {to: scrap}``.

    A node that does not fit its form is returned as it is; reading finds it.
    """
    if form is None or is_none(node):
        return node
    if isinstance(form, Either):
        is_word = isinstance(node, Text) and isinstance(form.text, Choice) and node.value in form.text.words  # "none", quoted as JSON has it
        if isinstance(node, Text) and not is_word and isinstance(form.fields, MapOf) and form.fields.alone:
            return written_out(node, form.fields)
        part = form.text if isinstance(node, Text) else form.items if isinstance(node, Items) else form.fields
        return written_out(node, part)
    if isinstance(node, Text):
        return _text_written_out(node, form)
    if isinstance(node, Fields):
        entries: dict[str, Node] = {name: written_out(child, child_form(form, name)) for name, child in node.entries.items()}
        return Fields(entries, node.keys, node.place)
    return node


def _text_written_out(node: Text, form: Form) -> Node:
    """Return the mapping that a text alone is short for; nothing at all is an empty mapping."""
    if node.value == "" and not node.quoted and isinstance(form, Record) and not form.short:
        return Fields({}, {}, node.place)
    if isinstance(form, Record | MapOf) and form.short:
        inner: Node = node
        key = form.keys[form.short].form if isinstance(form, Record) else form.of
        return Fields({form.short: written_out(inner, key)}, {form.short: node.place}, node.place)
    if isinstance(form, MapOf) and form.alone and node.value:
        return Fields({node.value: Fields({}, {}, node.place)}, {node.value: node.place}, node.place)
    if isinstance(form, LawForm) and node.value:
        return Fields({"law": Text(form.bare, node.place), "mean": node}, {"law": node.place, "mean": node.place}, node.place)
    return node


def merge(below: Node, above: Node, form: Form | None, path: str, report: Report) -> Node:
    """Return `above` laid over `below`, both written out: mappings merge, all else is replaced, `none` takes away.

    What `none` took away stays as the word itself, so that the completed text says it too.

    Parameters
    ----------
    below, above
        What is started from, and what is written here.
    form
        The grammar of this place.
    path
        Of this place, for faults.
    report
        Takes the fault of a `none` that names nothing.
    """
    if isinstance(form, Either):
        form = form.fields
    if not isinstance(below, Fields) or not isinstance(above, Fields) or form is None:
        return above
    if isinstance(form, LawForm) and _is_new_law(below, above, form):
        return _with_extras(below, above, form)
    entries, keys = dict(below.entries), dict(below.keys)
    if isinstance(form, Record):
        for group in form.one_of:
            if any(name in above.entries and not is_none(above.entries[name]) for name in group):
                for name in group:
                    entries.pop(name, None)
                    keys.pop(name, None)
    for name, node in above.entries.items():
        key = form.keys.get(name) if isinstance(form, Record) else None
        here = f"{path}.{name}" if path else name
        # In a completed text it was taken from what another line had that this one began with.
        if is_none(node) and isinstance(form, MapOf) and name not in below.entries and not report.is_completed:
            hint = nearest(name, list(below.entries))
            report.fault(above.keys[name], here, f"`none` takes away a {form.names}, but there is none of this name. {hint}".rstrip())
            continue
        under = below.entries.get(name)
        if under is None and isinstance(node, Fields) and isinstance(child_form(form, name), MapOf):
            under = Fields({}, {}, node.place)  # so that a `none` in it is seen to take away nothing
        if under is not None and not _is_whole(key):
            entries[name] = merge(under, node, child_form(form, name), here, report)
        else:
            entries[name] = node
        keys[name] = above.keys[name]
    return Fields(entries, keys, above.place)


def _is_whole(key: Key | None) -> bool:
    return key is not None and key.whole


def _is_new_law(below: Fields, above: Fields, form: LawForm) -> bool:
    """Tell whether what is written is a law of its own rather than a change of the inherited one's parameters."""
    if "law" in above.entries:
        return True
    each = any(name in above.entries for name in _FIXED_EACH if name in form.extra)
    was_each = any(name in below.entries for name in _FIXED_EACH if name in form.extra)
    parameters = any(name not in form.extra for name in above.entries)
    return (each and not was_each) or (parameters and was_each)


def _with_extras(below: Fields, above: Fields, form: LawForm) -> Fields:
    """Return a new law that keeps what is no parameter of a law (`when-full`, `batch`)."""
    kept = {name: node for name, node in below.entries.items() if name in form.extra and name not in _FIXED_EACH and name not in above.entries}
    return Fields({**kept, **above.entries}, {**{name: below.keys[name] for name in kept}, **above.keys}, above.place)
