"""Benchmarks: every claim about speed and learning, with its command."""
