"""What v1.56 changed in behaviour."""
