# brms on two cores: compiled without sampling, then sampled without compiling.
start <- proc.time()[[3]]
suppressPackageStartupMessages(library(brms))
seconds <- list(import = proc.time()[[3]] - start)
task <- jsonlite::fromJSON(commandArgs(TRUE)[1], simplifyVector = FALSE)
data <- read.csv(task$data)
for (name in unlist(task$factors)) data[[name]] <- factor(data[[name]])
formula <- as.formula(task$formula)
start <- proc.time()[[3]]
made <- suppressMessages(
  brm(formula, data, family = task$family, chains = 0, silent = 2, refresh = 0)
)
seconds$compile <- proc.time()[[3]] - start
start <- proc.time()[[3]]
fit <- suppressMessages(suppressWarnings(update(
  made, recompile = FALSE, chains = 4, cores = 2, iter = task$iter, seed = task$seed,
  refresh = 0, silent = 2
)))
seconds$sampling <- proc.time()[[3]] - start
start <- proc.time()[[3]]
invisible(capture.output(suppressWarnings(print(summary(fit)))))
seconds$summary <- proc.time()[[3]] - start
draws <- posterior::as_draws_array(fit)
names <- grep("^(b_|sd_|cor_|sigma$)", posterior::variables(draws), value = TRUE)
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
