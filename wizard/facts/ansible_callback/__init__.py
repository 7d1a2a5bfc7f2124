"""Loaded by Ansible itself, in its own process, and by nothing else: this folder is its ``callback_plugins``."""
