"""The pure middle: values and rules. No clock, no input or output, no log."""
