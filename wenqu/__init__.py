"""Top: the command, configuration, wiring, worker and migrations."""
