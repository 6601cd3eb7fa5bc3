"""bambi_lite: as a user calls it."""

import common

watch = common.Stopwatch()
import bambi_lite as bl  # noqa: E402 (what this imports is measured)

watch.stage("import")
task = common.task()
data = common.read(task)
watch.leave_out()
model = bl.Model(task["formula"], data, task["family"])
fit = model.sample(
    seed=task["seed"], iter=task["iter"], chains=4, cores=2, progress=False, kernels=True
)
watch.leave_out()
timing = fit.timing.as_dict()
watch.seconds["import"] += timing["import"]
watch.seconds["build"] = timing["build"]
watch.seconds["compile"] = timing["compile"]
watch.seconds["sampling"] = timing["warmup"] + timing["sampling"]
watch.seconds["post"] = timing["post"]
str(fit)
watch.stage("summary")
from bambi_lite.draws import scalars  # noqa: E402 (after the clock)

draws = scalars(fit.draws)
common.report(watch, {n: draws.posterior[n].to_numpy() for n in draws.watched()})
