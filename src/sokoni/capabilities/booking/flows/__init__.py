"""What contacts and providers do by conversation."""
