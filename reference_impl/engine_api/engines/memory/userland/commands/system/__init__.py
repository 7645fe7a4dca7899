"""Commands on processes, users, time and the machine."""
