"""What a gate can ask, one module a kind."""
