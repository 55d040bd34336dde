"""Headless Chromium on a server that runs as its operator runs it."""
