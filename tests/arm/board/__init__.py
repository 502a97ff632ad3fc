"""What runs on the board itself, under qemu, by the root's Python."""
