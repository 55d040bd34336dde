"""Codes by Twilio: its own (Verify v2), or ours in a plain SMS."""
