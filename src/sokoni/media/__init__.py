"""Files of contacts: fetched, made harmless, sealed, served by links that end."""
