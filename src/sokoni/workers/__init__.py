"""The loops: turns, delivery, requests, sweep."""
