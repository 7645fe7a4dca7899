"""Measurements beside peers, in one run: our server beside a real engine, our clients beside docker-py and aiodocker.

    python -m benchmarks [HOST] [--format text|markdown|json] [--quick]

HOST is a real engine with the image `busybox`; without it, only our server is measured. Each figure is the median of
rounds in which the peers take turns, so that noise meets them alike; each reads a log for at most 10 seconds. A full
run takes some six minutes, and tells on standard error how far it is.
"""
