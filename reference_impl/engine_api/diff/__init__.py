"""Differences between two versions of the API, each with the page that shows it."""
