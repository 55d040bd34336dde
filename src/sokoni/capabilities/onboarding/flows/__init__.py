"""The tasks that registering is."""
