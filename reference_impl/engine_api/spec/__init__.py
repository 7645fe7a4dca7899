"""The pages of the specification: composed for a version, their examples parsed."""
