"""What happens in the market's room: observations are taken in, surges noticed, answers proposed and chosen."""
