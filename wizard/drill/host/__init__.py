"""The practice host's own process: what is real on it, and the one ledger that its stand-ins share."""
