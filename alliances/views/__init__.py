"""The pages of the alliances room, and the doors of its verbs."""
