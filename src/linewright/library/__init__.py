"""The library: lines, station classes with their process models, materials and energy profiles, each number with its source."""
