"""Readers of CSV files: rows that can be right, and a refusal with its line for every one that cannot.

A reader is pure: file in, `Reading` out; nothing is written. Each reader's docstring gives its columns.
"""
