"""Services of others that are asked for something: a folder each."""
