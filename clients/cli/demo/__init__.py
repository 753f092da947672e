"""`fieldwork demo`: a real city's day, end to end; one chapter of the story per file, all of it through the API."""
