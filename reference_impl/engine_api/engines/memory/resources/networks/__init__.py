"""Networks of the reference engine."""
