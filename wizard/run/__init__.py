"""One execution of a checklist: events, the one fold, gates, the undo stack, the engine and its journal."""
