"""What is done by conversation, a module for each noun."""
