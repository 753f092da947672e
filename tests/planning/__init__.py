"""The bridge to the optimizer, and the search."""
