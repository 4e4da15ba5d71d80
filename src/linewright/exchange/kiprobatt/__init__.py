"""Import of the KIproBatt pilot line's records: real pouch cells, with all their dirt.

Source: KIproBatt dataset v0.3.0 (doi 10.5281/zenodo.8418323), CC BY 4.0. A file is one JSON-LD protocol; nothing of it
is dropped or repaired: the stated value, the literal as typed and the value that Linewright works with are three
fields, and every doubt is a row of the report.
"""
