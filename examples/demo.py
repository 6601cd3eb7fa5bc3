"""The first model one fits with bambi_lite: reaction times over ten days of little sleep.

    python examples/demo.py          (or `make demo`)

Fits `Reaction ~ Days + (Days | Subject)`, prints its priors and its table, and writes five
pictures to the folder demo-output.
"""

from pathlib import Path

from lecture import save_network

import bambi_lite as bl

folder = Path("demo-output")
folder.mkdir(exist_ok=True)

sleepstudy = bl.load_data("sleepstudy")
model = bl.Model("Reaction ~ Days + (Days | Subject)", sleepstudy)

print(f"{model}\n\nPriors ((vectorized) rows take the row above them; b is flat):\n")
print(model.prior)
print("\nSampling ...\n")
fit = model.sample(seed=1)
print(fit)

print(f"\nFigures, in {folder.resolve()}:")
pictures = {
    "trace": fit.plot(),
    "subjects": fit.plot_group_lines("Days"),
    "shrinkage": fit.plot_shrinkage(),
    "check": fit.pp_check(ndraws=50, seed=1),
}
for name, picture in pictures.items():
    picture.savefig(folder / f"{name}.png", dpi=120)
    print(f"Figure: {folder / name}.png")
save_network(model, folder)
