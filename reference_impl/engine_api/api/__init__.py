"""The Docker Engine API, apart from how it is carried: what an engine can do, with which types.

One module per resource holds its Protocol and its types. No HTTP, no paths, no sockets.
"""
