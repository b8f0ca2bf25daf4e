"""An invented world to try the platform in: firms plainly marked as samples, real orders, and actors that help out."""
