"""Formats that belong to no resource: JSON, MAC addresses, `.dockerignore`."""
