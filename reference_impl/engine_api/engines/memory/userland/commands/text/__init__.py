"""Commands that read and change text."""
