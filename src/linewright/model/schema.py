"""The JSON Schema of a line file, made from the grammar: editors complete keys and mark what is wrong while it is typed.

It knows shapes, keys, words and how numbers are written. What needs the whole file (names, units of measures, the flow) is for `check`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linewright.model.forms import (
    Choice,
    Clock,
    Count,
    Either,
    Every,
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
)
from linewright.model.grammar_line import CLASS, FILE, HEADERS, MATERIAL
from linewright.model.laws import FAMILIES, PARAMETERS
from linewright.model.quantity import KINDS
from linewright.model.reading_text import example_of, words_for

__all__ = ["json_schema"]

Schema = dict[str, Any]
_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
_MARK = r"( *\([^()]*\))?"
#: Units by kind where a short list holds them all; others are any unit text.
_UNITS = {"time": "([num]?s|min|h|d|days?|weeks?|months?|years?)", "share": "(%|ppm|mg/kg|g/kg)"}
_NONE: Schema = {"const": "none", "description": "takes it away"}


def json_schema(root: str = "line file") -> Schema:
    """Return the schema (draft 2020-12) of a line file, of a library class or of a file of materials.

    Parameters
    ----------
    root
        ``line file``, ``class`` or ``material``.

    Examples
    --------
    >>> json_schema()["$defs"]["station"]["properties"]["count"]["description"]
    'machines side by side, free choice (default 1)'
    """
    builder = _Builder()
    forms: Mapping[str, Record] = {"line file": FILE, "class": CLASS, "material": MATERIAL}
    whole = builder.body(forms[root])
    schema: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Linewright {root}", **whole}
    if root == "line file":
        schema["oneOf"] = [{"required": [header]} for header in HEADERS]
    schema["$defs"] = builder.definitions
    return schema


class _Builder:
    """Turns forms into schemas; records with a name become definitions, so that each is written once."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self._names: dict[int, str] = {}

    def of(self, form: Form) -> Schema:
        """Return the schema of a form."""
        if isinstance(form, Record):
            return self._record(form)
        if isinstance(form, Either):
            return _any(*(self.of(part) for part in (form.text, form.items, form.fields) if part))
        if isinstance(form, MapOf):
            body: Schema = {"type": "object", "additionalProperties": _any(self.of(form.of), _NONE)}
            if form.alone:
                return _any(_text(Name(form.names)), body)
            return _any(self.of(form.of), body) if form.short else body
        if isinstance(form, ListOf):
            fixed: Schema = {"minItems": form.length, "maxItems": form.length} if form.length else {}
            return {"type": "array", "items": self.of(form.of), **fixed}
        if isinstance(form, LawForm):
            return self._law(form)
        return _text(form)

    def body(self, form: Record) -> Schema:
        """Return the mapping of a record."""
        properties = {name: self._key(key) for name, key in form.keys.items()}
        others: Schema | bool = _any(self.of(form.others), _NONE) if form.others else False
        return {"type": "object", "properties": properties, "additionalProperties": others}

    def _record(self, form: Record) -> Schema:
        name = self._names.get(id(form))
        if name is None:
            plain = re.sub(r"^(an?|the) ", "", form.what) or "group"
            name = plain if plain not in self.definitions else f"{plain} {len(self.definitions)}"
            self._names[id(form)] = name
            self.definitions[name] = {}
            self.definitions[name] = self.body(form)
        reference: Schema = {"$ref": f"#/$defs/{name.replace(' ', '%20')}"}
        return _any(self.of(form.keys[form.short].form), reference) if form.short else reference

    def _key(self, key: Key) -> Schema:
        default = f" (default {key.default})" if key.default is not None else ""
        inner = _any(self.of(key.form), _NONE)
        return {"description": f"{key.meaning}{default}", **inner}

    def _law(self, form: LawForm) -> Schema:
        quantity = _text(Quantity((form.kind,)))
        kinds: dict[str, Schema] = {
            "value": quantity,
            "share": _text(Quantity(("share",))),
            "number": {"type": ["number", "string"]},
            "count": {"type": ["integer", "string"]},
            "text": {"type": "string"},
        }
        properties: Schema = {"law": {"enum": list(FAMILIES)}, **{name: kinds[what] for name, what in PARAMETERS.items()}}
        properties |= {name: self._key(key) for name, key in form.extra.items()}
        return _any(quantity, {"type": "object", "properties": properties, "additionalProperties": False})


def _any(*schemas: Schema) -> Schema:
    """Return a schema that any of these satisfies, without nesting."""
    flat: list[Schema] = []
    for schema in schemas:
        flat += schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
    unique = [s for n, s in enumerate(flat) if s not in flat[:n]]
    return unique[0] if len(unique) == 1 else {"anyOf": unique}


def _text(form: Form) -> Schema:
    """Return the schema of a single text; a YAML reader makes numbers of some of them."""
    examples: Schema = {"examples": [example_of(form)]}
    if isinstance(form, Quantity):
        kind = form.kinds[0]
        if kind in KINDS:
            unit = _UNITS.get(kind, r"[^ ()0-9][^ ()]*")
            written: Schema = {"type": "string", "pattern": f"^{_NUMBER} +{unit}{_MARK}$", "description": words_for(form), **examples}
        else:
            written = _any({"type": "number"}, {"type": "string", "pattern": f"^{_NUMBER}( +[^ ()0-9][^ ()]*)?{_MARK}$", **examples})
        return _any(written, {"enum": list(form.words)}) if form.words else written
    if isinstance(form, Count):
        written = _any({"type": "integer", "minimum": form.low, "maximum": form.high}, {"type": "string", "pattern": f"^[0-9]+{_MARK}$"})
        return _any(written, {"const": "unlimited"}) if form.unlimited else written
    if isinstance(form, WindowForm):
        spans = r"^[^ ]+.* *\.\. *.+$"
        return {"type": "string", "pattern": spans if form.spans else r"(\+-|±|\.\.|^at least |^at most )", **examples}
    if isinstance(form, Choice):
        return {"enum": list(form.words)}
    if isinstance(form, Switch):
        return {"enum": ["yes", "no"]}
    if isinstance(form, Name):
        return {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9./-]*$", "description": words_for(form)}
    if isinstance(form, Every):
        return {"type": "string", "pattern": f"^(part|{_NUMBER} +[^ ()0-9][^ ()]*{_MARK})$", **examples}
    if isinstance(form, Span):
        return {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9] *- *[0-2][0-9]:[0-5][0-9]$", **examples}
    if isinstance(form, Clock):
        return {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}", **examples}
    return {"type": ["string", "number"]}
