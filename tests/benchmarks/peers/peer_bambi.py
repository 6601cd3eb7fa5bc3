"""Bambi with nutpie."""

import common

watch = common.Stopwatch()
import arviz as az  # noqa: E402
import bambi as bmb  # noqa: E402

watch.stage("import")
task = common.task()
data = common.read(task)
watch.leave_out()
model = bmb.Model(task["bambi"] or task["formula"], data, family=task["family"])
model.build()
watch.stage("build")
idata = model.fit(
    draws=task["iter"] // 2,
    tune=task["iter"] // 2,
    chains=4,
    cores=2,
    random_seed=task["seed"],
    inference_method="nutpie",
    progressbar=False,
)
watch.stage("compile")
watch.seconds["sampling"] = float(idata.posterior.attrs["sampling_time"])
watch.seconds["compile"] -= watch.seconds["sampling"]
names = [n for n, v in idata.posterior.data_vars.items() if "|" not in n or n.endswith("_sigma")]
az.summary(idata, var_names=names)
watch.stage("summary")
values = {}
for name in names:
    array = idata.posterior[name].to_numpy()
    flat = array.reshape(*array.shape[:2], -1)
    values |= {f"{name}[{i}]": flat[..., i] for i in range(flat.shape[-1])}
common.report(watch, values)
