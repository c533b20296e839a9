"""Flow 2, tested with plain values."""
