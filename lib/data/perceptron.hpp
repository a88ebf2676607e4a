#pragma once

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
  /// deviation 1/steepness. Trapezoid rule in x with |c| = unit log(1 + e^x): even in log |c| up to about 1/steepness,
  /// where c^chi is not analytic, and in |c| beyond. Off the real axis by y such functions grow as exp((5.6 y)^2/2), so
  /// that the error is exp(-2 (pi/(5.6 spacing))^2), 1e-17.
  [[nodiscard]] std::vector<GaussianProjection> projections(double steepness = 1.0) const {
    constexpr double negligible = 40.0;  // e^-40 of the largest density
    constexpr double least_steepness = 4.0;
    constexpr double steepest = 12.0;  // log of the largest steepness
    constexpr double spacing = 0.125;
    const double unit = 5.6 / std::fmax(least_steepness, steepness);
    const double centre = std::sqrt(freedom_);  // near where |c| times its density is largest
    const auto projection = [=](double x) { return unit * (std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x)))); };
    const auto log_density = [&](double x) {
      const double c = projection(x);
      const double from_centre = c < 0.5 * centre ? std::log(c / centre) : std::log1p((c - centre) / centre);
      const double log_stretch = -std::log1p(std::exp(-x)) - std::log(c / unit);  // of dc/c = stretch dx
      return freedom_ * from_centre - 0.5 * freedom_ * std::expm1(2.0 * from_centre) + log_stretch;
    };
    const double start = centre / unit + std::log(-std::expm1(-centre / unit));
    const double largest = log_density(start);
    double x = start;
    while (log_density(x + spacing) > largest - negligible) x += spacing;
    // Below the last node functions are constant: what they lack is of order |c| steepness times the mass there.
    const double last = centre * std::exp(-(negligible + steepest + 0.5 * freedom_) / (1.0 + freedom_));
    std::vector<GaussianProjection> nodes;
    double total = 0.0;
    double weight = 0.0;
    for (; projection(x) > last && log_density(x) > largest - negligible - steepest; x -= spacing) {
      weight = std::exp(log_density(x) - largest);
      nodes.push_back({weight, 1.0, projection(x), 0.0});
      total += weight;
    }
    const double ratio = std::exp(-freedom_ * spacing);
    nodes.push_back({weight * ratio / (1.0 - ratio), 1.0, 0.0, 0.0});
    total += nodes.back().weight;
    const std::size_t count = nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
      nodes[i].weight *= 0.5 / total;
      nodes.push_back({nodes[i].weight, -1.0, -nodes[i].mean, 0.0});
    }
    return nodes;
  }

 private:
  using Policy =
      boost::math::policies::policy<boost::math::policies::promote_double<false>,
                                    boost::math::policies::overflow_error<boost::math::policies::ignore_error>>;

  double freedom_;  // 1 + chi
  double noise_;
};

}  // namespace sgdyn::data
