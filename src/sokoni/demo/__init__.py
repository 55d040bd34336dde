"""The demo merchants: a file each, data to try everything with, and how both are loaded."""
