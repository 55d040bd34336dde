"""Tests that read like a chat: parse a `*.chat` file, play it, match what was answered."""
