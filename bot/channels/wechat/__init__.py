"""Owns the WeChat official account as a channel: callbacks in, replies and customer-service messages out."""
