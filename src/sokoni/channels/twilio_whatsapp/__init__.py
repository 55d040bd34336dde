"""Twilio WhatsApp: signed forms in, messages by Twilio's REST API out."""
