"""What the store does with what it keeps."""
