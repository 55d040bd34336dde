"""The test kit we also publish: play a transcript, fake providers, stopped clock."""
