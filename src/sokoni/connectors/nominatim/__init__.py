"""OpenStreetMap's geocoder, or one of one's own."""
