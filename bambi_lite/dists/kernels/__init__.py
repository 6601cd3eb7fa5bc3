"""Functions of numbers that no short expression gives, compiled by numba, with exact derivatives.

Series, continued fractions and integrals behind densities and their tails. Each is one text for
NumPy arrays (prediction) and for one node of a PyTensor graph (sampling), returns its derivatives
with its values from the same loop, and works on logarithms, so that a probability of 1e-300000 is
as exact as one of 0.3.

numba takes a second to import: the texts are imported inside functions only.
"""
