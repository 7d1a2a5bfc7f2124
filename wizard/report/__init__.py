"""The incident report: a run's events made into a report model, and that into Markdown or JSON."""
