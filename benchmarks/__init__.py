"""Every figure of the README comes from here: docs/how-to/measure.md says how."""
