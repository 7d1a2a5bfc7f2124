"""A real, broken Redis host in systemd-nspawn for integration tests."""
