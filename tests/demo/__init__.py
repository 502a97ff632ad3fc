"""The main job in front of the reader's eyes: `make run`."""
