"""Service booking: find a provider, agree on a time, both sides sure."""
