"""Phones in the browser, for whoever wants to try a merchant without a WhatsApp number."""
