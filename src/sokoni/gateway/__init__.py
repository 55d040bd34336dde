"""The edge: provider webhooks in, health and metrics out. It verifies, stores, answers."""
