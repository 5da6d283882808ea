"""Memories become statements, statements become lessons; rehearsal keeps old skill. No model is imported here."""
