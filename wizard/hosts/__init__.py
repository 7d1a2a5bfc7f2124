"""Where commands run: the operator's machine, a host over SSH, or a fake."""
