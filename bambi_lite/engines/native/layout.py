"""How a model is written down for the kernels: where everything stands in two flat arrays.

The kernels of this package are compiled once for a machine, not once for a model: what a model
is stands in a table of whole numbers (`ints`) and a table of numbers (`floats`), and the kernels
read them. Positions in `ints` that are fixed are the constants here; everything else is found
through them.
"""

from __future__ import annotations

# The head of `ints`.
(
    N_INTS,  # sizes of the two tables
    N_FLOATS,
    N_ROWS,
    N_DIM,
    N_SCALARS,
    SCALARS,  # position in ints of the scalars, SCALAR_WIDTH each
    SCALARS_F,  # position in floats of their bounds and prior arguments, SCALAR_WIDTH_F each
    N_BLOCKS,
    BLOCKS,  # position in ints of the blocks of group effects, BLOCK_WIDTH each
    N_DPARS,
    DPARS,  # position in ints of the distributional parameters, DPAR_WIDTH each
    LIKELIHOOD,  # which likelihood it is (:mod:`.likelihoods`); while it runs, its address
    COLUMNS,  # position in floats of the columns that the likelihood reads of the response
    N_COLUMNS,
    WEIGHTS,  # position in floats of the weights of the rows; -1 for none
    SEEN,  # of what is known of each row where it is censored or truncated, SEEN_COLUMNS
    THRESHOLDS,  # the first scalar that is a threshold; -1 for none
    N_THRESHOLDS,
    N_EFFECTS,  # numbers of group effects in all blocks together
    MARGINAL,  # the block that is integrated out; -1 for none
    MARGINAL_I,  # position in ints of what integrating needs
    MARGINAL_F,  # the same in floats
    N_MAPS,
    MAPS,  # position in ints of the linear maps of parts of the point, MAP_WIDTH each
    MOST_COEFS,  # the largest number of coefficients in a block, at least one
    N_FACTORS,  # covariances of all blocks together
) = range(26)
HEAD = 26

# Columns of SEEN: the code of censoring; the response; the upper end of an interval; the bounds
# outside of which there are no values.
SEEN_COLUMNS = 5
CODE, AT, UPTO, BELOW, ABOVE = range(SEEN_COLUMNS)

# A scalar: where it stands in the unconstrained vector, how it is transformed, its prior.
SCALAR_WIDTH = 3
SCALAR_WIDTH_F = 5  # lower bound, upper bound, three arguments

# A block of group effects.
BLOCK_WIDTH = 13
(
    LEVELS,  # number of levels
    COEFS,  # number of coefficients
    CORRELATED,  # whether there are correlations
    SD,  # the first scalar that is a standard deviation, stratum after stratum
    PARTIAL,  # position in the point of the log-odds of partial correlations, likewise
    INNOVATIONS,  # position in the point of the innovations, or of the effects
    EFFECTS,  # position of the effects among those of all blocks
    MODE,
    LKJ,  # position in floats of the shapes of the LKJ priors, likewise
    SHIFTS,  # position in ints of the number of shifts, then SHIFT_WIDTH each
    STRATA,  # covariances: one, or one for each value of gr(by =)
    STRATUM,  # position in ints of the stratum of each level, where there are several
    FACTOR,  # the first covariance of the block among those of all blocks
) = range(BLOCK_WIDTH)

# How the effects of a block are sampled.
NON_CENTRED, CENTRED, INTEGRATED = range(3)

# A shift of centred effects: coefficient k of every level has `scalar` times a number of the level
# for its mean.
SHIFT_WIDTH = 3
SHIFT_SCALAR, SHIFT_COEF, SHIFT_F = range(SHIFT_WIDTH)

# A distributional parameter. B of a predicted one is the position in ints of the scalars of its
# WIDTH columns, which stand in floats at X one after another; else its one scalar, or the position
# in floats of its value.
DPAR_WIDTH = 8
KIND, LINK, INTERCEPT, WIDTH, B, X, OFFSET, PARTS = range(DPAR_WIDTH)
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

# What MARGINAL_I points to.
(
    SIGMA,  # the scalar that is sigma; -1: known
    N_FIXED,  # columns of the fixed part, the intercept among them (by sums only)
    FIXED,  # position in ints of the scalars that they belong to (by sums only)
    INDEX,  # position in ints of the level of each row (by rows only)
    Z_COLUMNS,  # position in ints of q positions in floats of columns of Z (by rows only)
) = range(5)
MARGINAL_WIDTH = 5

# What MARGINAL_F points to: sum of weights, known precision, sum of squares, then for each level
# ZZ (q x q). Ready sums are about y less what least squares tell, so that nothing is lost to
# cancellation: before the levels stand these p coefficients, Xy (p) and XX (p x p), and after each
# ZZ also ZX (q x p) and Zy (q).
TOTAL, PRECISION, SQUARES, SUMS = range(4)
