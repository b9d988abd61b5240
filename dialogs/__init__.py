"""Conversations: one state machine a file, and the reading of what people write. Knows no channel and no SQL."""
