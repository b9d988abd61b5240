"""The Unit by subject: people, tickets, talks, delivery."""
