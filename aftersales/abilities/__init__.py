"""What the Desk can do, one ability a file."""
