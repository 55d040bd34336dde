"""The command line: a module per command, listed in `app.py`."""
