"""Runs the examples of the pages against engines."""
