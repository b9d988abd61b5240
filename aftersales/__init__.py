"""The trade's rules: ticket life cycle, grades, clocks, warranty, matching, and the Desk. Pure; knows no channel and no SQL."""
