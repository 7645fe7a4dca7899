"""Every example of the pages, in every version in which it stands, on the reference engine, through Sybil."""

from engine_api.conformance.sybil import collection, summary

pytest_collect_file = collection().pytest()
pytest_terminal_summary = summary
