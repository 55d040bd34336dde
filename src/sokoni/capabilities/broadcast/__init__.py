"""Said to many at once: whom, after a proof, at whose pace, and what came of it."""
