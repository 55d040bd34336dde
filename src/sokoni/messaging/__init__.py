"""Inbox, outbox, conversations, delivery states, the service window, opt-in and opt-out."""
