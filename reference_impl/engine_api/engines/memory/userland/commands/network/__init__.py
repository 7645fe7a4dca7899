"""Commands that connect to other containers or print the network."""
