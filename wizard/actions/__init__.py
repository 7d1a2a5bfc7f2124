"""What a step can do, one module a kind."""
