"""The playbooks: the format, what is wrong with one, which one is chosen, and every way through each."""
