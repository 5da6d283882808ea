"""Measuring a model: what it can do, what it remembers, what it lost."""
