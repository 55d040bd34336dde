"""Registrations by chat: what a merchant asks of whom, told by its own file."""
