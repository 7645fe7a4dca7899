"""Everything that is an `engine_api.api.Engine`."""
