"""The pages of the firms room: joining, a firm, its people and offers, one's own settings, verification."""
