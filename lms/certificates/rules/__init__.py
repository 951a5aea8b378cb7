"""Decisions about certificates: serials, names, wording, states, and what a certifier may do."""
