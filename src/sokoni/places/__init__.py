"""Known places: the gazetteer we ship, and what contacts add to it."""
