"""The face for staff, and the simulator: phones in the browser."""
