"""The public REST API under `/api/v1`, described at `/docs`."""
