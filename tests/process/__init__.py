"""The whole product as a process of its own, over real HTTP: what a firm installs is what is tried here."""
