"""What the scripts share. Imports only look down: see the rooms in README.md."""
