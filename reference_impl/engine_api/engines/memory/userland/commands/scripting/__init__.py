"""Commands for scripts: conditions, computing, printing."""
