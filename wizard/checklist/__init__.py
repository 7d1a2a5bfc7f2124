"""The document: what a checklist may say, where it says it, and what is wrong with it."""
