"""Commands that show and change files."""
