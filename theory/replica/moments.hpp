// Averages over the margin that the equations of state and their derivatives are made of.
#pragma once

namespace sgdyn::replica {

/// Averages over h = mean + deviation xi, xi ~ N(0, 1), of the proximal point u(h) of width g: with the step d = u - h
/// = -g l'(u) and its slope p = -dd/dh = 1 - du/dh, which lies in [0, 1] (replica.E7).
struct Moments {
  double d = 0.0;       ///< E[d]
  double dd = 0.0;      ///< E[d^2]
  double p = 0.0;       ///< E[p]
  double xi_p = 0.0;    ///< E[xi p]
  double xi2_p = 0.0;   ///< E[xi^2 p]
  double d_p = 0.0;     ///< E[d p]
  double xi_d_p = 0.0;  ///< E[xi d p]
  double dd_p = 0.0;    ///< E[d^2 p]
  double p_rest = 0.0;  ///< E[p (1 - p)]
  double loss = 0.0;    ///< E[l(u)]
};

}  // namespace sgdyn::replica
