"""The contract's messages to the domain's values and back. No decisions, except what a role may see."""
