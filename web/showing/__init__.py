"""What pages show: records made ready for the templates."""
