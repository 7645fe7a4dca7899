"""What the engine keeps: containers, images, layers, networks and logs, as data."""
