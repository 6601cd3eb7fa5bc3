"""How a model is written down for the kernels: where everything stands in two flat arrays.

The kernels of this package are compiled once for a machine, not once for a model: what a model
is stands in a table of whole numbers (`ints`) and a table of numbers (`floats`), and the kernels
read them. Positions in `ints` that are fixed are the constants here; everything else is found
through them.
"""

from __future__ import annotations

# The head of `ints`.
N_ROWS = 0
N_DIM = 1
N_SCALARS = 2
SCALARS = 3  #: position in ints of the scalars, SCALAR_WIDTH each
SCALARS_F = 4  #: position in floats of their bounds and prior arguments, SCALAR_WIDTH_F each
N_BLOCKS = 5
BLOCKS = 6  #: position in ints of the blocks of group effects, BLOCK_WIDTH each
N_DPARS = 7
DPARS = 8  #: position in ints of the distributional parameters, DPAR_WIDTH each
LIKELIHOOD = 9
Y = 10  #: position in floats of the response
WEIGHTS = 11  #: of the weights of the rows; -1 for none
EXTRA = 12  #: of the trials or standard errors of the rows; -1 for none
THRESHOLDS = 13  #: the first scalar that is a threshold; -1 for none
N_THRESHOLDS = 14
N_EFFECTS = 15  #: numbers of group effects in all blocks together
MARGINAL = 16  #: the block that is integrated out; -1 for none
MARGINAL_I = 17  #: position in ints of what integrating needs
MARGINAL_F = 18  #: the same in floats
N_MAPS = 19
MAPS = 20  #: position in ints of the linear maps of parts of the point, MAP_WIDTH each
HEAD = 21

# A scalar: where it stands in the unconstrained vector, how it is transformed, its prior.
SCALAR_WIDTH = 3
SCALAR_WIDTH_F = 5  # lower bound, upper bound, three arguments

# A block of group effects.
BLOCK_WIDTH = 10
(
    LEVELS,  # number of levels
    COEFS,  # number of coefficients
    CORRELATED,  # whether there are correlations
    SD,  # the first scalar that is a standard deviation
    PARTIAL,  # position in the point of the log-odds of partial correlations
    INNOVATIONS,  # position in the point of the innovations, or of the effects
    EFFECTS,  # position of the effects among those of all blocks
    MODE,
    LKJ,  # position in floats of the shape of the LKJ prior
    SHIFTS,  # position in ints of the number of shifts, then SHIFT_WIDTH each
) = range(BLOCK_WIDTH)

# How the effects of a block are sampled.
NON_CENTRED, CENTRED, INTEGRATED = range(3)

# A shift of centred effects: coefficient k of every level has `scalar` times a number of the level
# for its mean.
SHIFT_WIDTH = 3
SHIFT_SCALAR, SHIFT_COEF, SHIFT_F = range(SHIFT_WIDTH)

# A distributional parameter. B of a predicted one is the position in ints of the scalars of its
# columns, else its one scalar, or the position in floats of its value.
DPAR_WIDTH = 8
KIND, LINK, INTERCEPT, N_COLUMNS, B, X, OFFSET, PARTS = range(DPAR_WIDTH)
PREDICTED, SCALAR, CONSTANT = range(3)

# A part of a predictor that a group effect gives: PARTS points to their number, then these.
PART_WIDTH = 4
PART_BLOCK, PART_COLUMN, PART_INDEX, PART_Z = range(PART_WIDTH)

# A linear map: numbers `start` to `start + size` of the point are multiplied by a matrix first.
MAP_WIDTH = 3
MAP_START, MAP_SIZE, MAP_F = range(MAP_WIDTH)

# Transforms of scalars.
FREE, LOWER, UPPER, INTERVAL, ORDERED = range(5)

#: Priors by the name of their distribution.
PRIORS = {
    "flat": 0,
    "normal": 1,
    "student_t": 2,
    "cauchy": 3,
    "logistic": 4,
    "exponential": 5,
    "gamma": 6,
    "inv_gamma": 7,
    "lognormal": 8,
    "beta": 9,
    "uniform": 10,
    "double_exponential": 11,
}

#: Links by name, as far as the kernels have them.
LINKS = {
    "identity": 0,
    "log": 1,
    "logit": 2,
    "probit": 3,
    "cloglog": 4,
    "inverse": 5,
    "sqrt": 6,
    "softplus": 7,
    "logm1": 8,
}

#: Likelihoods by the name a family gives to its kernel.
LIKELIHOODS = {
    "gaussian": 0,
    "student": 1,
    "bernoulli": 2,
    "binomial": 3,
    "poisson": 4,
    "negbinomial": 5,
    "gamma": 6,
    "lognormal": 7,
    "beta": 8,
    "cumulative": 9,
    "weibull": 10,
}

# What MARGINAL_I points to.
(
    BY_ROWS,  # whether the sums are made of rows (other group effects), or stand ready
    SIGMA,  # the scalar that is sigma; -1: known
    N_FIXED,  # columns of the fixed part, the intercept among them (ready sums only)
    FIXED,  # position in ints of the scalars that they belong to (ready sums only)
    INDEX,  # position in ints of the level of each row (by rows only)
    COLUMNS,  # position in ints of q positions in floats of columns of Z; -1: ones (by rows only)
) = range(6)
MARGINAL_WIDTH = 6

# What MARGINAL_F points to: sum of weights, known precision, sum of squares, then for each level
# ZZ (q x q). Ready sums are about y less what least squares tell, so that nothing is lost to
# cancellation: before the levels stand these p coefficients, Xy (p) and XX (p x p), and after each
# ZZ also ZX (q x p) and Zy (q).
TOTAL, PRECISION, SQUARES, SUMS = range(4)
