"""What stands in for the commands that need root or systemd: one module for each family, all on the same ledger."""
