"""What registrations are kept by."""
