"""Who runs a business: merchants, their channel accounts, staff, roles and API keys."""
