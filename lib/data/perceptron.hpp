#pragma once

#include <algorithm>
#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>
#include <string_view>
#include <vector>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/numerics/block.hpp"
#include "sgdyn/numerics/vector_math.hpp"

namespace sgdyn::data {

/// A perceptron that knows the direction v: density |c|^chi exp(-c^2/2)/Z for c, y = sign(c), decision sign(r). Delta
/// scales the other directions only, and is 1 unless given. (SR)
class Perceptron {
 public:
  static constexpr std::string_view name = "perceptron";
  static constexpr bool label_symmetric = true;
  static constexpr double default_noise = 1.0;
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 1> declared{
        {{"chi", "density |c|^chi exp(-c^2/2)/Z of the projection c", Range{.low = -1.0, .high = 1e6}, 0.0}}};
    return declared;
  }

  Perceptron(const Parameters& given, double noise) : freedom_(1.0 + given.at("chi")), noise_(noise) {}

  /// c^2 is chi-squared with 1 + chi degrees of freedom.
  void latent(std::span<const double> u_label, std::span<const double> u_projection, std::span<double> y,
              std::span<double> c) const {
    constexpr double below_one = 1.0 - std::numeric_limits<double>::epsilon() / 2.0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      y[i] = u_label[i] < 0.5 ? 1.0 : -1.0;
      const double u = u_projection[i] < below_one ? u_projection[i] : below_one;
      c[i] = y[i] * std::sqrt(2.0 * boost::math::gamma_p_inv(0.5 * freedom_, u, Policy{}));
    }
  }

  void margin(std::span<const double> y, std::span<const double> r, std::span<double> h) const {
    for (std::size_t i = 0; i < h.size(); ++i) h[i] = y[i] * r[i];
  }

  void margin_derivatives(std::span<const double> y, std::span<const double> /*r*/, std::span<double> first,
                          std::span<double> second) const {
    for (std::size_t i = 0; i < y.size(); ++i) {
      first[i] = y[i];
      second[i] = 0.0;
    }
  }

  /// E_c[1/2 erfc(|c| m/sqrt(2 Delta q))], q = C - m^2 (THEORY 6): xi/|c| exceeds m/sqrt(Delta q), which is the tail of
  /// Student's t with 1 + chi degrees of freedom.
  [[nodiscard]] double generalisation_error(double m, double C) const {
    const double width = std::sqrt(noise_ * std::fmax(0.0, C - m * m));
    if (m == 0.0) return 0.5;
    const double t = std::sqrt(freedom_) * (m / width);
    if (!std::isfinite(t)) return m > 0.0 ? 0.0 : 1.0;
    const boost::math::students_t_distribution<double, Policy> law(freedom_);
    return boost::math::cdf(boost::math::complement(law, t));
  }

  [[nodiscard]] double mean_square_projection() const { return freedom_; }
  /// E|c| = sqrt(2) Gamma(1 + chi/2) / Gamma((1 + chi)/2)
  [[nodiscard]] double mean_signed_projection() const {
    return std::numbers::sqrt2 / boost::math::tgamma_delta_ratio(0.5 * freedom_, 0.5, Policy{});
  }
  /// Nodes of a quadrature over |c| for either label, for functions of c that are averages over Gaussian noise of
  /// deviation 1/steepness. Trapezoid rule in x with |c| = unit log(1 + exp(x - e^-x)): even in |c| beyond 1/steepness,
  /// while towards 0, where c^chi is not analytic, the weights fall doubly exponentially. Off the real axis by y such
  /// functions grow as exp((5.6 y)^2/2), so that the error is exp(-2 (pi/(5.6 spacing))^2), 1e-17.
  [[nodiscard]] std::vector<GaussianProjection> projections(double steepness = 1.0) const {
    constexpr double least_steepness = 5.0;
    constexpr double spacing = 0.125;
    constexpr double negligible_above = 4e-18;
    // A steepness of up to e^12 may need the weights near c = 0 as precisely as the whole.
    constexpr double negligible_below = 2.6e-23;
    const double unit = 5.6 / std::fmax(least_steepness, steepness);
    const double start = freedom_ < 1.0 ? std::log(freedom_) : std::sqrt(freedom_) / unit;  // near the largest weight
    std::vector<Node> nodes = nodes_from(start, -spacing, unit, negligible_below);
    const std::vector<Node> above = nodes_from(start + spacing, spacing, unit, negligible_above);
    std::reverse(nodes.begin(), nodes.end());
    nodes.insert(nodes.end(), above.begin(), above.end());
    long double total = 0.0;  // of up to 1e6 nodes
    for (const Node& node : nodes) total += node.weight;
    std::vector<GaussianProjection> result;
    result.reserve(2 * nodes.size());
    for (const Node& node : nodes) {
      const auto weight = static_cast<double>(0.5L * node.weight / total);
      result.push_back({weight, 1.0, node.c, 0.0});
      result.push_back({weight, -1.0, -node.c, 0.0});
    }
    return result;
  }

 private:
  using Policy =
      boost::math::policies::policy<boost::math::policies::promote_double<false>,
                                    boost::math::policies::overflow_error<boost::math::policies::ignore_error>>;

  struct Node {
    double c = 0.0;
    double weight = 0.0;
  };

  // At x, x + step, ... while weights are more than `negligible` times the first one.
  [[nodiscard]] std::vector<Node> nodes_from(double x, double step, double unit, double negligible) const {
    std::vector<Node> nodes;
    double least = 0.0;
    for (double at = x; nodes.empty() || nodes.back().weight > least; at += step * block_size) {
      Block c;
      Block weight;
      fill_nodes(at, step, unit, c, weight);
      if (nodes.empty()) least = negligible * weight[0];
      for (std::size_t i = 0; i < block_size; ++i) nodes.push_back({c[i], weight[i]});
    }
    while (!nodes.empty() && !(nodes.back().weight > least)) nodes.pop_back();
    return nodes;
  }

  // |c| at x, x + step, ..., and the density of x there but for a factor that keeps it within the range of numbers.
  void fill_nodes(double x, double step, double unit, Block& c, Block& weight) const {
    constexpr double tiny = -40.0;  // log(1 + e^z) is e^z to within rounding
    const double centre = std::sqrt(freedom_);
    const double log_unit = std::log(unit / centre);
#pragma omp simd
    for (std::size_t i = 0; i < block_size; ++i) {
      const double at = x + step * static_cast<double>(i);
      const double stretched = std::exp(-at);
      const double z = at - stretched;
      const double ratio = std::exp(-std::fabs(z));
      const double log_sum = std::log1p(ratio);
      const double soft = z < tiny ? ratio : std::max(z, 0.0) + log_sum;
      const double slope = z < tiny ? 1.0 : (z > 0.0 ? 1.0 : ratio) / ((1.0 + ratio) * soft);  // d log c/dz
      c[i] = unit * soft;
      const double over = (c[i] - centre) / centre;
      // Both, as calls under a condition are not vectorised.
      const double log_far = std::log(c[i] / centre);
      const double log_near = std::log1p(over);
      const double log_ratio = z < tiny ? z + log_unit : over < -0.5 ? log_far : log_near;
      const double log_density = freedom_ * (log_ratio - 0.5 * std::expm1(2.0 * log_ratio));
      weight[i] = std::exp(log_density) * slope * (1.0 + stretched);
    }
  }

  double freedom_;  // 1 + chi
  double noise_;
};

}  // namespace sgdyn::data
