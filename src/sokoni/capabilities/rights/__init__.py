"""What everybody may ask of whoever keeps something of them: offers or none, a copy, an end."""
