"""Formats that belong to no resource: MAC addresses, `.dockerignore`."""
