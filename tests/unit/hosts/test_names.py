"""Names of hosts at hand, from files alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.hosts.names import host_names


def test_aliases_come_first_then_names_on_record_without_patterns_hashes_and_hostile_ones(tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.write_text("Host web1 web-*\n")
    config = tmp_path / "config"
    config.write_text(f'Host db1 "db2" !bad *\n  HostName 192.0.2.1\nInclude {more}\nhost=db3\nHost a\x1b[31mb $(x)\n')
    known = tmp_path / "known_hosts"
    known.write_text(
        "|1|abc=|def= ssh-ed25519 AAAA\n192.0.2.9,db1 ssh-ed25519 AAAA\n[gate]:2222 ssh-rsa AAAA\n"
        "@cert-authority *.example ssh-rsa AAAA\n# no.host\n"
    )
    names = host_names(config, [known, tmp_path / "missing"])
    assert names == ["db1", "db2", "web1", "db3", "192.0.2.9", "gate:2222"]


def test_a_configuration_that_includes_itself_comes_to_an_end(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(f"Include {config}\nHost one\n")
    assert host_names(config, []) == ["one"]


def test_without_any_file_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert host_names(Path("~/.ssh/config"), [Path("~/.ssh/known_hosts")]) == []


def test_an_include_longer_than_a_path_names_no_file(tmp_path: Path) -> None:
    (tmp_path / "more").write_text("Host web1\n")
    config = tmp_path / "config"
    config.write_text(f"Include {tmp_path}/{'*' * 4096}\nInclude {tmp_path}/m*\n")
    assert host_names(config, []) == ["web1"]
    config.write_text(f"Include {tmp_path}/{'*' * 4096}\n")
    assert host_names(config, []) == []
