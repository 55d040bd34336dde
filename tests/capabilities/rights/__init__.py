"""What everybody may ask for."""
