#!/usr/bin/env python3
"""Replica-symmetric fixed point of a convex classifier, in NumPy and SciPy.

What a physicist writes in Python, to compare the C++ solver with: the same equations (section 6 of the theory),
derived and coded separately.

    h0 = |c| m + y B + width xi,   v = argmin (v - h0)^2/(2 gamma) + l(v),   f = l'(v),   gamma = Delta V
    V = 1/(lambda + alpha Delta E[f'])      f' = df/dh0
    q = alpha Delta V^2 E[f^2]              |w|^2/N = q + m^2
    m = V (alpha Delta m E[f'] - alpha E[c y f])          (perceptron data, width^2 = Delta q)
    m = - alpha V E[f]                                    (two clusters, |c| -> 1, width^2 = Delta (q + m^2))
    0 = E[y f]                                            (intercept)

The hinge with an intercept and unequal clusters has w = 0 as its exact minimum above some alpha (the larger class then
sits on the kink): no fixed point with |w| > 0 exists, and DidNotConverge is the answer.

Piecewise linear f have closed forms in erf; the logistic loss takes a trapezoid rule and Newton's method for v.

    python3 replica_numpy.py --loss logistic --alpha 6 --noise 1 --ridge 1
"""

import argparse
import functools
import json
import statistics
import time
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, root
from scipy.special import erfc, gamma as gamma_function, ndtr, roots_jacobi

LOSSES = ("square", "logistic", "hinge", "squared-hinge")


@dataclass(frozen=True)
class Problem:
    loss: str
    alpha: float
    noise: float
    ridge: float
    fraction: float = 0.5
    intercept: bool = False
    margin: float = 1.0
    data: str = "two-clusters"
    chi: float = 0.0

    def __post_init__(self):
        if self.loss not in LOSSES:
            raise ValueError(f"loss must be one of {', '.join(LOSSES)}")
        if self.data not in ("two-clusters", "perceptron"):
            raise ValueError("data must be two-clusters or perceptron")
        if not (self.alpha > 0 and self.noise > 0 and self.ridge > 0 and 0 < self.fraction < 1 and self.chi > -1):
            raise ValueError("alpha, noise and ridge must be positive, 0 < fraction < 1, chi > -1")


class DidNotConverge(RuntimeError):
    pass


# ---------------------------------------------------------------- averages over xi ~ N(0, 1), h0 = mean + width xi


def square_averages(mean, width, gamma, margin):
    del margin
    scale = 1.0 / (1.0 + gamma)
    force = (mean - 1.0) * scale
    second = ((mean - 1.0) ** 2 + width**2) * scale**2
    return force, second, np.full_like(mean, scale), 0.5 * second


def tail_moments(mean, width):
    """P(x > 0), E[x_+], E[x_+^2] of x ~ N(mean, width^2)."""
    z = mean / width
    probability = ndtr(z)
    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    first = width * (z * probability + density)
    return probability, first, width * (z * first + width * probability)


def squared_hinge_averages(mean, width, gamma, margin):
    scale = 1.0 / (1.0 + gamma)
    probability, first, second = tail_moments(margin - mean, width)
    second = second * scale**2
    return -first * scale, second, probability * scale, 0.5 * second


GAUSS_X, GAUSS_W = np.polynomial.legendre.leggauss(24)


def hinge_averages(mean, width, gamma, margin):
    """f = -clip(x/gamma, 0, 1), x = margin - h0."""
    x = margin - mean
    beyond, beyond_first, _ = tail_moments(x - gamma, width)
    if gamma > width:
        # clip(x) = gamma - clip(gamma - x): take the one that is small on average, no digits cancel then.
        flip = x > 0.5 * gamma
        nearer = np.where(flip, gamma - x, x)
        probability, first, second = tail_moments(nearer, width)
        past, past_first, past_second = tail_moments(nearer - gamma, width)
        ramp = (first - past_first) / gamma
        ramp_second = (second - past_second - 2.0 * gamma * past_first) / gamma**2
        inside = (probability - past) / gamma
        ramp_second = np.where(flip, 1.0 - 2.0 * ramp + ramp_second, ramp_second)
        return -np.where(flip, 1.0 - ramp, ramp), ramp_second, inside, beyond_first
    # Differences would cancel: integrate over the ramp, which is narrower than the Gaussian.
    t = 0.5 * (1.0 + GAUSS_X)
    density = np.exp(-0.5 * ((gamma * t - x[:, None]) / width) ** 2) / (np.sqrt(2.0 * np.pi) * width)
    weighted = 0.5 * GAUSS_W * density
    inside = weighted.sum(axis=1)
    return (-gamma * (weighted @ t) - beyond, gamma * (weighted @ t**2) + beyond, inside, beyond_first)


TRAPEZOID_END = 9.0
TRAPEZOID_MOST = 1000  # times 20 nodes
TRAPEZOID_CACHE = {}


def trapezoid(width):
    """Nodes and weights for N(0, 1). The logistic integrand is analytic for |Im h0| < pi, so that the error falls as
    exp(-2 pi^2/(width spacing)); 121 nodes suffice up to width 4."""
    count = 121 if not width > 4.0 else 20 * int(np.ceil(min(1.5 * width, TRAPEZOID_MOST))) + 1
    if count not in TRAPEZOID_CACHE:
        xi = np.linspace(-TRAPEZOID_END, TRAPEZOID_END, count)
        weight = np.exp(-0.5 * xi * xi)
        TRAPEZOID_CACHE[count] = xi, weight / weight.sum()
    return TRAPEZOID_CACHE[count]


def logistic_proximal(h0, gamma):
    """Root of v - h0 - gamma/(1 + e^v). The function is convex below v = 0 and concave above, so Newton's method
    from 0 climbs or descends monotonically; a later start is as good once kept on its side of 0."""
    guess = np.maximum(h0, np.log1p(gamma) * (h0 > -gamma) + (h0 + gamma) * (h0 <= -gamma))
    right = h0 + 0.5 * gamma > 0.0
    v = np.where(right, np.maximum(guess, 0.0), np.minimum(guess, 0.0))
    for _ in range(200):
        e = np.exp(-np.abs(v))
        slope = e / (1.0 + e) ** 2
        force = np.where(v > 0.0, e, 1.0) / (1.0 + e)  # 1/(1 + e^v) = -l'(v)
        step = (v - h0 - gamma * force) / (1.0 + gamma * slope)
        moved = v - step
        v = np.where(right, np.maximum(moved, 0.0), np.minimum(moved, 0.0))
        if np.max(np.abs(step) / (1.0 + np.abs(v))) < 1e-9:  # quadratic: the next error is below 1e-16
            break
    return v


def logistic_averages(mean, width, gamma, margin):
    del margin
    xi, weight = trapezoid(width)
    v = logistic_proximal(mean[:, None] + width * xi, gamma)
    e = np.exp(-np.abs(v))
    force = -np.where(v > 0.0, e, 1.0) / (1.0 + e)
    slope = e / (1.0 + e) ** 2
    value = np.log1p(e) + np.maximum(-v, 0.0)
    return force @ weight, force**2 @ weight, (slope / (1.0 + gamma * slope)) @ weight, value @ weight


AVERAGES = {
    "square": square_averages,
    "logistic": logistic_averages,
    "hinge": hinge_averages,
    "squared-hinge": squared_hinge_averages,
}

# ---------------------------------------------------------------- data: label y, |c| and probability of each component


cached_jacobi = functools.cache(roots_jacobi)


def components(problem, ratio):
    """y, |c|, probability; `ratio` m/sqrt(Delta q) says how finely |c| must be resolved."""
    if problem.data == "two-clusters":
        return np.array([1.0, -1.0]), np.ones(2), np.array([problem.fraction, 1.0 - problem.fraction])
    end = 9.0 + np.sqrt(1.0 + problem.chi)
    nodes = int(np.clip(48 + 12 * ratio, 48, 600))
    x, weight = cached_jacobi(nodes, 0.0, problem.chi)
    c = 0.5 * end * (1.0 + x)
    weight = weight * np.exp(-0.5 * c * c)
    weight /= weight.sum()
    if not problem.intercept:
        return np.ones(nodes), c, weight
    return np.repeat([1.0, -1.0], nodes), np.tile(c, 2), 0.5 * np.tile(weight, 2)


class Equations:
    """State x = (log gamma, m/sqrt(q), log q, B/width): free of constraints and of order one."""

    def __init__(self, problem, ratio=1.0):
        self.problem = problem
        self.label, self.projection, self.probability = components(problem, ratio)
        self.count = 4 if problem.intercept else 3
        # Without intercept or width in c the two clusters are alike.
        if problem.data == "two-clusters" and not problem.intercept:
            self.label, self.projection, self.probability = np.ones(1), np.ones(1), np.ones(1)

    def unpack(self, x):
        gamma, q = np.exp(x[0]), np.exp(x[2])
        m = x[1] * np.sqrt(q)
        total = q + m * m if self.problem.data == "two-clusters" else q
        width = np.sqrt(self.problem.noise * total)
        return gamma, m, q, width, (x[3] * width if self.problem.intercept else 0.0)

    def averages(self, x):
        gamma, m, _, width, intercept = self.unpack(x)
        mean = self.projection * m + self.label * intercept
        return AVERAGES[self.problem.loss](mean, width, gamma, self.problem.margin)

    def mapped(self, x):
        """One undamped iteration, and the residuals of the equations each relative to the size of its terms."""
        p = self.problem
        gamma, m, q, width, intercept = self.unpack(x)
        force, second, slope, _ = self.averages(x)
        mean_slope = self.probability @ slope
        mean_second = self.probability @ second
        V = 1.0 / (p.ridge + p.alpha * p.noise * mean_slope)
        new_q = p.alpha * p.noise * V * V * mean_second
        if p.data == "two-clusters":
            new_m = -p.alpha * V * (self.probability @ force)
        else:
            pull = self.probability @ (self.projection * force)
            new_m = p.alpha * V * (p.noise * m * mean_slope - pull)
        new = [np.log(p.noise * V), new_m / np.sqrt(new_q), np.log(new_q)]
        residual = [new[0] - x[0], (new_m - m) / np.sqrt(q + m * m), new[2] - x[2]]
        if p.intercept:
            imbalance = self.probability @ (self.label * force)
            new.append(x[3] - np.clip(imbalance / (mean_slope * width), -1.0, 1.0))
            residual.append(imbalance / np.sqrt(mean_second))
        return np.array(new), np.array(residual)


def polish(equations, x):
    """SciPy's hybrid Powell method; None if it ends elsewhere than at a root."""
    with np.errstate(all="ignore"):
        found = root(lambda at: equations.mapped(at)[1], x, method="hybr", options={"xtol": 1e-14})
        size = np.max(np.abs(equations.mapped(found.x)[1]))
    return (found.x, size) if np.isfinite(size) and size < 1e-9 else None


def balanced(equations, x):
    """x with the intercept that solves E[y f] = 0 at the other unknowns: E[y f] grows with B."""
    def imbalance(at):
        force = equations.averages(np.append(x[:3], at))[0]
        return equations.probability @ (equations.label * force)

    reach = 1.0
    while imbalance(x[3] - reach) > 0.0 or imbalance(x[3] + reach) < 0.0:
        reach *= 4.0
        if reach > 1e9:
            return x
    return np.append(x[:3], brentq(imbalance, x[3] - reach, x[3] + reach, xtol=1e-13, rtol=1e-10))


def iterate(equations, x, steps, damping, tolerance=1e-3, balance=False):
    """Damped iteration until it is near enough for the polish; `balance` solves for the intercept at every step."""
    with np.errstate(all="ignore"):
        for _ in range(steps):
            if balance:
                x = balanced(equations, x)
            new, residual = equations.mapped(x)
            if not np.all(np.isfinite(new)):
                return None
            x = damping * x + (1.0 - damping) * new
            if np.max(np.abs(residual)) < tolerance:
                break
    return balanced(equations, x) if balance else x


def start(problem):
    """Weak learning: the force is still about that of h0 = 0."""
    V = 1.0 / (problem.ridge + 0.25 * problem.alpha * problem.noise)
    q = problem.alpha * problem.noise * (0.5 * V) ** 2
    x = [np.log(problem.noise * V), 0.5 * problem.alpha * V / np.sqrt(q), np.log(q)]
    return np.array(x + [0.0] * problem.intercept)


def continued(problem, equations):
    """From a ridge so large that the first guess is nearly right down to the one asked for."""
    ridge = max(problem.ridge, 30.0 * problem.alpha * (1.0 + problem.noise))
    at = lambda value: Problem(**{**problem.__dict__, "ridge": value})
    equations.problem = at(ridge)
    x = iterate(equations, start(equations.problem), 300, 0.5, 1e-8, problem.intercept)
    found = None if x is None else polish(equations, x)
    previous, factor = None, 3.0
    while found is not None and ridge > problem.ridge:
        smaller = max(problem.ridge, ridge / factor)
        equations.problem = at(smaller)
        guess = found[0]
        if previous is not None:
            guess = guess + (guess - previous[1]) * np.log(smaller / ridge) / np.log(ridge / previous[0])
        attempt = polish(equations, guess) or polish(equations, found[0])
        if attempt is None:
            factor = np.sqrt(factor)
            if factor < 1.001:
                return None
            continue
        previous, ridge, found, factor = (ridge, found[0]), smaller, attempt, min(3.0, factor**1.5)
    equations.problem = problem
    return found


def solve(problem):
    """The fixed point as a dictionary; raises DidNotConverge."""
    equations = Equations(problem)
    found = None
    for damping, steps, balance in ((0.5, 30, False), (0.8, 100, problem.intercept)):
        x = iterate(equations, start(problem), steps, damping, balance=balance)
        found = None if x is None else polish(equations, x)
        if found is not None:
            break
    if found is None:
        found = continued(problem, equations)
    if found is None:
        raise DidNotConverge(f"no fixed point found for {problem}")
    if problem.data == "perceptron":  # once more with |c| as finely resolved as the solution asks for
        ratio = abs(found[0][1]) / np.sqrt(problem.noise)
        if ratio > 1.0:
            equations = Equations(problem, ratio)
            found = polish(equations, found[0])
            if found is None:
                raise DidNotConverge(f"no fixed point found for {problem}")
    return describe(equations, *found)


def gaussian_tail(x):
    return 0.5 * erfc(x / np.sqrt(2.0))


def describe(equations, x, residual):
    p = equations.problem
    gamma, m, q, width, intercept = equations.unpack(x)
    value = equations.averages(x)[3]
    training = p.alpha * (equations.probability @ value)
    if p.data == "two-clusters":
        error = p.fraction * gaussian_tail((m + intercept) / width)
        error += (1.0 - p.fraction) * gaussian_tail((m - intercept) / width)
    else:
        mean = equations.projection * m + equations.label * intercept
        error = equations.probability @ gaussian_tail(mean / width)
    return {
        "overlap": float(m),
        "norm": float(q + m * m),
        "proximal_width": float(gamma),
        "intercept": float(intercept),
        "objective": float(0.5 * p.ridge * (q + m * m) + training),
        "training_loss": float(training),
        "generalisation_error": float(error),
        "residual": float(residual),
    }


def main():
    parser = argparse.ArgumentParser(description="Replica-symmetric fixed point in NumPy and SciPy.")
    parser.add_argument("--loss", choices=LOSSES, required=True)
    parser.add_argument("--alpha", type=float, required=True, help="samples per weight")
    parser.add_argument("--noise", type=float, required=True, help="Delta")
    parser.add_argument("--ridge", type=float, required=True, help="lambda")
    parser.add_argument("--fraction", type=float, default=0.5, help="P(y = +1)")
    parser.add_argument("--intercept", choices=("none", "optimal"), default="none")
    parser.add_argument("--margin", type=float, default=1.0, help="kappa of the hinge losses")
    parser.add_argument("--data", choices=("two-clusters", "perceptron"), default="two-clusters")
    parser.add_argument("--chi", type=float, default=0.0, help="exponent of the perceptron data")
    parser.add_argument("--repeat", type=int, default=1, help="solve so many times; the time is the median")
    given = vars(parser.parse_args())
    repeat = max(1, given.pop("repeat"))
    given["intercept"] = given["intercept"] == "optimal"
    problem = Problem(**given)
    seconds = []
    for _ in range(repeat):
        begin = time.perf_counter()
        result = solve(problem)
        seconds.append(time.perf_counter() - begin)
    print(json.dumps({**result, "seconds_per_point": statistics.median(seconds)}))


if __name__ == "__main__":
    main()
