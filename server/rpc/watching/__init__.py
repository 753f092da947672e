"""The streams: one tail per process reads what is new, and any number of watchers share what it read."""
