"""Incident checklists as guided, gated, reversible runs."""
