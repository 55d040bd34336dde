"""Pays on a page of our own, where no money moves: Pay, Fail, Expire."""
