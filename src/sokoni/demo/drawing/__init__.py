"""Pictures of the demo shop's things, drawn when they are wanted."""
