"""The report's parts as Markdown, one module a part."""
