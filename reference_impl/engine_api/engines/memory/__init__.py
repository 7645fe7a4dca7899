"""The reference engine: everything is in memory; nothing runs on the host or is written there."""
