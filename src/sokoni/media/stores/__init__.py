"""Where contents lie: one contract, a folder or a bucket behind it."""
