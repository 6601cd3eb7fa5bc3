"""Log CDFs and log survival functions that need a loop of their own, with exact derivatives.

Each is a function of numbers that numba compiles; ``kernel.py`` makes a NumPy function and a
PyTensor operation of it. They work on the logarithm of a tail, so that a probability of 1e-300000
is as exact as one of 0.3, and return the derivatives with the values, from the same loop: those of
the incomplete beta and gamma functions with respect to their shapes have no other form.
"""
