"""What an engine has from the start, told by a JSON document or a compose file."""
