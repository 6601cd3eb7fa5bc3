# rstanarm, whose models are compiled already, on two cores.
start <- proc.time()[[3]]
suppressPackageStartupMessages(library(rstanarm))
seconds <- list(import = proc.time()[[3]] - start)
task <- jsonlite::fromJSON(commandArgs(TRUE)[1], simplifyVector = FALSE)
data <- read.csv(task$data)
for (name in unlist(task$factors)) data[[name]] <- factor(data[[name]])
start <- proc.time()[[3]]
fit <- suppressWarnings(stan_lmer(
  as.formula(task$formula), data, chains = 4, cores = 2, iter = task$iter, seed = task$seed,
  refresh = 0
))
seconds$sampling <- proc.time()[[3]] - start
start <- proc.time()[[3]]
invisible(capture.output(print(summary(fit))))
seconds$summary <- proc.time()[[3]] - start
draws <- posterior::as_draws_array(as.array(fit))
names <- grep("^(b\\[|mean_PPD|log-posterior)", posterior::variables(draws), value = TRUE,
              invert = TRUE)
table <- posterior::summarise_draws(
  posterior::subset_draws(draws, variable = names),
  posterior::ess_bulk, posterior::ess_tail, posterior::rhat
)
bulk <- table[["posterior::ess_bulk"]]
tail <- table[["posterior::ess_tail"]]
rhat <- table[["posterior::rhat"]]
cat("\n", jsonlite::toJSON(list(
  seconds = seconds,
  ess_bulk = min(bulk), ess_bulk_of = table$variable[which.min(bulk)],
  ess_tail = min(tail), ess_tail_of = table$variable[which.min(tail)],
  rhat = max(rhat), rhat_of = table$variable[which.max(rhat)]
), auto_unbox = TRUE, digits = 8), "\n", sep = "")
