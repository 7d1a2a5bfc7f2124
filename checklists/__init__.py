"""Checklists that come with the wizard, and the schema that editors complete them from."""
