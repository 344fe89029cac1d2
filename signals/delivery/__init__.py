"""From a release to the street: signed documents, and the roll-out in which a group of controllers takes a plan up."""
