"""Map output to sorted runs, by partition, and runs to merged lines."""
