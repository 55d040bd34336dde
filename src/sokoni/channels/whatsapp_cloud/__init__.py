"""WhatsApp Cloud API: Meta's webhooks in, Graph API messages out."""
