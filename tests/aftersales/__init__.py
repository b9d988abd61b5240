"""The trade's rules, over real records."""
