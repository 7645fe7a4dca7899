"""The API as of v1.54: the names of `engine_api.api`, with the fields of that version."""

from engine_api.versions.view import view

__all__, __getattr__, __dir__ = view("1.54")
