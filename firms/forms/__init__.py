"""What people send about firms."""
