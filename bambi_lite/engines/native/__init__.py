"""The engine of compiled kernels: a model is a table of numbers, and nothing is compiled for it.

The log-posterior and its gradient are written out by hand for the models that people fit most
(:mod:`.known` lists the likelihoods, :mod:`.covered` says what a model may not have) and compiled
by numba once for a machine, each likelihood when a model first has it. The plain engine
stays the measure of what is right: the tests hold every part of this one to it.
"""
