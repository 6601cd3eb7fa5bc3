"""The model written by hand in PyMC: brms' priors, group effects non-centred, sampled by nutpie."""

import common

watch = common.Stopwatch()
import numpy as np  # noqa: E402
import nutpie  # noqa: E402
import pandas as pd  # noqa: E402
import pymc as pm  # noqa: E402
import pytensor.tensor as pt  # noqa: E402

watch.stage("import")
task = common.task()
data = common.read(task)
watch.leave_out()


def column(name):
    """Numbers, an indicator of the last level, or a product of these."""
    if ":" in name:
        return np.prod([column(part) for part in name.split(":")], axis=0)
    own = data[name]
    if own.dtype == "category":
        return (own.cat.codes == len(own.cat.categories) - 1).to_numpy(float)
    return own.to_numpy(float)


def group_effects(kept, number, group, slopes, correlated):
    codes, levels = pd.factorize(data[group], sort=True)
    q = 1 + len(slopes)
    scale = task["priors"][f"sd_{group}"][1]
    sd = pm.HalfStudentT(f"sd{number}", nu=3, sigma=scale, shape=q)
    kept += [f"sd{number}"]
    z = pm.Normal(f"z{number}", shape=(len(levels), q))
    if correlated and q > 1:
        factor = pm.LKJCorr(f"L{number}", n=q, eta=1.0)
        pm.Deterministic(f"cor{number}", pt.dot(factor, factor.T)[np.tril_indices(q, -1)])
        kept += [f"cor{number}"]
        r = pt.dot(z, (sd[:, None] * factor).T)
    else:
        r = z * sd
    total = r[codes, 0]
    for k, slope in enumerate(slopes):
        total = total + r[codes, k + 1] * column(slope)
    return total


X = np.column_stack([column(n) for n in task["columns"]]) if task["columns"] else None
y = data[task["response"]].to_numpy()
with pm.Model() as model:
    kept = []
    eta = 0.0
    if X is not None:
        b = pm.Flat("b", shape=X.shape[1])
        eta = pt.dot(X - X.mean(axis=0), b)
        kept += ["b"]
    for number, group in enumerate(task["groups"]):
        eta = eta + group_effects(kept, number, *group)
    middle, spread = task["priors"]["Intercept"]
    if task["family"] == "cumulative":
        size = int(y.max()) - 1
        cuts = pm.StudentT(
            "Intercept",
            nu=3,
            mu=middle,
            sigma=spread,
            shape=size,
            transform=pm.distributions.transforms.ordered,
            initval=np.linspace(-1, 1, size),
        )
        pm.OrderedLogistic("y", eta=eta, cutpoints=cuts, observed=y - 1, compute_p=False)
    else:
        intercept = pm.StudentT("Intercept", nu=3, mu=middle, sigma=spread)
        eta = intercept + eta
        if task["family"] == "gaussian":
            sigma = pm.HalfStudentT("sigma", nu=3, sigma=task["priors"]["sigma"][1])
            pm.Normal("y", eta, sigma, observed=y)
            kept += ["sigma"]
        elif task["family"] == "binomial":
            pm.Binomial("y", data[task["trials"]].to_numpy(), logit_p=eta, observed=y)
        elif task["family"] == "bernoulli":
            pm.Bernoulli("y", logit_p=eta, observed=y)
        else:
            pm.Poisson("y", pt.exp(eta), observed=y)
    kept += ["Intercept"]
watch.stage("build")
compiled = nutpie.compile_pymc_model(model)
watch.stage("compile")
trace = nutpie.sample(
    compiled,
    draws=task["iter"] // 2,
    tune=task["iter"] // 2,
    chains=4,
    cores=2,
    seed=task["seed"],
    progress_bar=False,
    save_warmup=False,
)
watch.stage("sampling")
import arviz as az  # noqa: E402

az.summary(trace, var_names=kept)
watch.stage("summary")
values = {}
for name in kept:
    array = trace.posterior[name].to_numpy()
    flat = array.reshape(*array.shape[:2], -1)
    values |= {f"{name}[{i}]": flat[..., i] for i in range(flat.shape[-1])}
common.report(watch, values)
