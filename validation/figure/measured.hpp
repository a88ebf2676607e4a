// A number with its error bar, and sums of such numbers, whose errors cancel as far as they come from the same
// replicates.
#pragma once

#include <Eigen/Core>
#include <map>
#include <span>
#include <string>

namespace sgdyn::figure {

/// How every replicate moves a number, for each set of replicates by its name: the squares of all entries add up to the
/// variance. Points of a sweep are simulated on the same data sets, so that in a difference the entries subtract.
using Spread = std::map<std::string, Eigen::VectorXd>;

/// A number with its standard error and the degrees of freedom that error was estimated with.
struct Measured {
  double value = 0.0;
  double error = 0.0;
  double degrees = 1.0;
  std::string reason{};  ///< why it cannot be given
  Spread spread{};       ///< as far as it is known; the rest of the error is independent of all others

  [[nodiscard]] bool available() const { return reason.empty(); }
  static Measured unavailable(std::string reason);
};

struct Term {
  double weight = 1.0;
  const Measured* number = nullptr;
};

/// The weighted sum, with Satterthwaite's degrees of freedom; the first number that is not available instead of it.
[[nodiscard]] Measured weighted_sum(std::span<const Term> terms);

/// a - b.
[[nodiscard]] Measured difference(const Measured& a, const Measured& b);

}  // namespace sgdyn::figure
