# lme4: an estimate, and no draws.
start <- proc.time()[[3]]
suppressPackageStartupMessages(library(lme4))
seconds <- list(import = proc.time()[[3]] - start)
task <- jsonlite::fromJSON(commandArgs(TRUE)[1], simplifyVector = FALSE)
data <- read.csv(task$data)
for (name in unlist(task$factors)) data[[name]] <- factor(data[[name]])
start <- proc.time()[[3]]
fit <- suppressWarnings(suppressMessages(lmer(as.formula(task$formula), data)))
seconds$sampling <- proc.time()[[3]] - start
start <- proc.time()[[3]]
invisible(capture.output(print(summary(fit))))
seconds$summary <- proc.time()[[3]] - start
cat("\n", jsonlite::toJSON(list(seconds = seconds), auto_unbox = TRUE, digits = 8), "\n", sep = "")
