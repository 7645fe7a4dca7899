"""The machine that the engine pretends to run on: time, events, identifiers."""
