"""Seeds: what an engine has from the start, as a JSON document or a compose file describes it."""
