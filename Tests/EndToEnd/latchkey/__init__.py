"""Drives a whole installation of Latchkey from outside."""
