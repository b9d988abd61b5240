"""The dispatcher's web pages: a second face over the same Desk."""
