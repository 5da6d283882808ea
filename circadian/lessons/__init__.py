"""Memories become facts, facts become lessons; rehearsal keeps old skill. No model is imported here."""
