"""What runs: processes of containers, their streams, mounts, networks and health checks."""
