#include "sgdyn/validation/figure/measured.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace sgdyn::figure {
namespace {

constexpr double rounding = 1e-9;  // of a variance

// Independent parts of a variance, each estimated with some degrees of freedom.
struct Variance {
  double total = 0.0;
  double squares = 0.0;  // sum of v^2 / degrees

  void add(double part, double degrees) {
    total += part;
    squares += part * part / std::max(1.0, degrees);
  }
  [[nodiscard]] double degrees() const { return squares > 0.0 ? total * total / squares : 1.0; }
};

// What the replicates do not explain of the variance.
double rest(const Measured& number) {
  const double all = number.error * number.error;
  double known = 0.0;
  for (const auto& [replicates, entries] : number.spread) known += entries.squaredNorm();
  return all - known > rounding * all ? all - known : 0.0;
}

void accumulate(Spread& sum, double weight, const Spread& more) {
  for (const auto& [replicates, entries] : more) {
    Eigen::VectorXd& total = sum[replicates];
    if (total.size() == 0) total.setZero(entries.size());
    total += weight * entries;
  }
}

}  // namespace

Measured Measured::unavailable(std::string reason) {
  Measured result;
  result.reason = std::move(reason);
  return result;
}

Measured weighted_sum(std::span<const Term> terms) {
  Measured sum;
  Variance variance;
  for (const auto& [weight, number] : terms) {
    if (!number->available()) return *number;
    sum.value += weight * number->value;
    variance.add(weight * weight * rest(*number), number->degrees);
    accumulate(sum.spread, weight, number->spread);
  }
  for (const auto& [replicates, entries] : sum.spread) {
    variance.add(entries.squaredNorm(), static_cast<double>(entries.size()) - 1.0);
  }
  sum.error = std::sqrt(variance.total);
  sum.degrees = variance.degrees();
  return sum;
}

Measured difference(const Measured& a, const Measured& b) {
  return weighted_sum(std::array<Term, 2>{{{1.0, &a}, {-1.0, &b}}});
}

}  // namespace sgdyn::figure
