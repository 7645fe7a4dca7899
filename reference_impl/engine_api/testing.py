"""Fixtures for tests that need an engine."""
