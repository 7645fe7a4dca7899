"""Everything that knows HTTP: how operations, values and streams are written on the wire.

Client and server read the same table, `engine_api.wire.bindings`.
"""
