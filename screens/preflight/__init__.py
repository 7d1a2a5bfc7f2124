"""The page between the inputs and the first step: how things stand, what is at stake, and what is going to be done."""
