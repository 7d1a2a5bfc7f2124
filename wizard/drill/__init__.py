"""The practice host: the first incident on this machine, without root, a virtual machine or a network."""
