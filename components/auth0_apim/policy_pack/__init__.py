"""Rules of this package for any stack, as a Pulumi policy pack."""
