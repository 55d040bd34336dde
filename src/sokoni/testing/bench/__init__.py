"""The benchmark: a town that writes, a provider that takes, and what it costs in between."""
