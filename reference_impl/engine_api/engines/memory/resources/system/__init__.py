"""The system: information, events, disk usage."""
