"""The booking desk's rules. Each service flushes and never commits: the caller owns that."""
