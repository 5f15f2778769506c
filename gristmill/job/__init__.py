"""What a job class is, and where its process meets who runs it."""
