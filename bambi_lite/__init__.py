"""bambi_lite: brms' models, priors and tables in Python, natively on PyMC."""

from .api import Model, brm, default_prior
from .datasets import describe_data, list_data, load_data
from .design import register_transform
from .engines import SampleSettings
from .errors import (
    BambiLiteError,
    BambiLiteWarning,
    ConvergenceWarning,
    DataError,
    DataWarning,
    FamilyError,
    FormulaError,
    PriorError,
    SamplingError,
)
from .families import Family, bernoulli, binomial, families, gaussian, get_family
from .fit import Fit
from .formula import BrmsFormula, bf, lf, mvbf, nlf, set_mecor, set_nl, set_rescor
from .priors import PriorSet, prior

__version__ = "0.1.0"

__all__ = [
    "BambiLiteError",
    "BambiLiteWarning",
    "BrmsFormula",
    "ConvergenceWarning",
    "DataError",
    "DataWarning",
    "Family",
    "FamilyError",
    "Fit",
    "FormulaError",
    "Model",
    "PriorError",
    "PriorSet",
    "SampleSettings",
    "SamplingError",
    "bernoulli",
    "bf",
    "binomial",
    "brm",
    "default_prior",
    "describe_data",
    "families",
    "gaussian",
    "get_family",
    "lf",
    "list_data",
    "load_data",
    "mvbf",
    "nlf",
    "prior",
    "register_transform",
    "set_mecor",
    "set_nl",
    "set_rescor",
]
