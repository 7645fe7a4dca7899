"""The benchmarks run; what they say about speed is for people."""

import json
import subprocess
import sys
from pathlib import Path


def test_a_short_run_measures_everything() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--format", "json"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env={"PATH": "/usr/bin:/bin"},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    tables = json.loads(done.stdout)
    assert list(tables) == ["Servers, one client", "Clients, on ours", "Our server, keeping its state"]
    assert list(tables["Servers, one client"]) == ["ping", "list of 20", "inspect", "create and remove", "log stream"]
    for table in tables.values():
        for figures in table.values():
            for figure in figures.values():
                assert figure["rate"] > 0


def test_a_host_that_cannot_be_measured_is_said_in_one_line() -> None:
    for host, words in (("unix:///no/such/socket", "No such file"), ("tcp://127.0.0.1:1", "only unix sockets")):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", "--quick", host],
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
            timeout=60,
        )
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("benchmarks: ")
        assert words in done.stderr


def test_a_short_run_measures_what_versions_cost() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.versions", "--quick", "--format", "json"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["engine-api diff of all pairs"] > figures["Python alone"] > 0


def test_what_a_site_costs_is_measured_beside_plain_mkdocs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.site", "--versions", "1", "--format", "json"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["1"]
    assert list(figures) == ["ours", "plain"]
    for figure in figures.values():
        assert all(figure[name] > 0 for name in ("seconds", "cpu", "megabytes"))
