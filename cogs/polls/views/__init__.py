"""What people press in polls."""
