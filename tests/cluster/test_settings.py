"""Ports, and the launcher's answer to what it does not know; the cluster's own tests try the other settings."""

from __future__ import annotations

import socket
import subprocess

import pytest

from tests.cluster import layout, settings


def test_ports_are_different_and_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that something listens at is given to no daemon, and none is given twice."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(settings, "PORTS", range(port, port + 40))
        ports = settings.free_ports(24)
    assert port not in ports
    assert len(set(ports)) == 24
    assert set(ports) < set(range(port, port + 40))


def test_too_few_ports_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no ports left, that is said."""
    monkeypatch.setattr(settings, "PORTS", range(20000, 20000))
    with pytest.raises(OSError, match=r"^there are no 24 free ports between 20000 and 20000$"):
        settings.free_ports(24)


def test_every_service_has_a_port_of_its_own() -> None:
    """Two daemons of a kind are told different addresses."""
    addresses = settings.Addresses()
    first, second = addresses("nodemanager1", "web"), addresses("nodemanager2", "web")
    assert first.startswith("127.0.0.1:")
    assert first != second


def test_the_launcher_names_the_commands_that_it_has() -> None:
    """A command that the cluster's `hadoop` does not know is one line."""
    done = subprocess.run([layout.LAUNCHER, "mill"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "hadoop: no command 'mill' here; there are: jar, version, fs, dfs, dfsadmin, job, logs, node, application, "
        "applicationattempt, container\n"
    )
