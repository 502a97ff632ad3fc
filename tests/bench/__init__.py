"""The floor, botocore and edgemote side by side in one run: `make bench`."""
