"""Lines, station classes, materials and process models, each number with its source."""
