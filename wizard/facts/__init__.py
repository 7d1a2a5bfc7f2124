"""Reading a host: files, trees, units, accounts, logs and Redis, through a short list of commands."""
