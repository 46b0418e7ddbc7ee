"""What every component is made with: its inputs and the options of its children."""
