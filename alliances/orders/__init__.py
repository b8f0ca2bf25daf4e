"""What people order on a board, by whichever door: one table of verbs, single orders, and batches of them."""
