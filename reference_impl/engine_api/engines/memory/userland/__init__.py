"""The simulated userland in which containers run: a file system, processes, terminals, a shell and its commands.

Nothing here runs on the host, reads or writes it.
"""
