"""What every capability's API shares: principal and scopes, sessions, pagination, problems."""
