"""The simulator: a channel without a provider, for browsers, terminals and transcripts."""
