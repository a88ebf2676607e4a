#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/numerics/normal.hpp"

namespace sgdyn::data {

/// Three Gaussian clusters in a row: y = +1 for the outer two, at +v and -v with probability 1/4 each, y = -1 for the
/// one at 0 (1/2); c = k + sqrt(Delta) h0 with k = -1, 0, 1, decision sign(r^2 - L^2). The margin y (r^2 - L^2) makes
/// the objective nonconvex in w. (SL)
class ThreeClusters {
 public:
  static constexpr std::string_view name = "three-clusters";
  static constexpr bool label_symmetric = false;
  static constexpr bool reflection_symmetric = true;
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 1> declared{
        {{"half_width", "L, |r| below which the label -1 is decided", Range::positive(), std::nullopt}}};
    return declared;
  }

  ThreeClusters(const Parameters& given, double noise) : half_width_(given.at("half_width")), noise_(noise) {}

  void latent(std::span<const double> u_label, std::span<const double> u_projection, std::span<double> y,
              std::span<double> c) const {
    normal_quantile(u_projection, c);
    const double width = std::sqrt(noise_);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double centre = u_label[i] < 0.25 ? -1.0 : u_label[i] < 0.75 ? 0.0 : 1.0;
      y[i] = centre == 0.0 ? -1.0 : 1.0;
      c[i] = centre + width * c[i];
    }
  }

  void margin(std::span<const double> y, std::span<const double> r, std::span<double> h) const {
    for (std::size_t i = 0; i < h.size(); ++i) h[i] = y[i] * (r[i] * r[i] - half_width_ * half_width_);
  }

  void margin_derivatives(std::span<const double> y, std::span<const double> r, std::span<double> first,
                          std::span<double> second) const {
    for (std::size_t i = 0; i < y.size(); ++i) {
      first[i] = 2.0 * y[i] * r[i];
      second[i] = 2.0 * y[i];
    }
  }

  /// 1/2 erfc(L/s) + 1/4 [erf((L-m)/s) + erf((L+m)/s)], s = sqrt(2 Delta C), THEORY 7; w = 0 decides -1 throughout.
  [[nodiscard]] double generalisation_error(double m, double C) const {
    const double s = std::sqrt(2.0 * noise_ * C);
    if (!(s > 0.0)) return 0.5;
    const double outer = std::erf((half_width_ - m) / s) + std::erf((half_width_ + m) / s);
    return 0.5 * std::erfc(half_width_ / s) + 0.25 * outer;
  }

  [[nodiscard]] double mean_square_projection() const { return 0.5 + noise_; }
  [[nodiscard]] double mean_signed_projection() const { return 0.0; }
  [[nodiscard]] std::vector<GaussianProjection> projections() const {
    return {{0.25, 1.0, 1.0, noise_}, {0.25, 1.0, -1.0, noise_}, {0.5, -1.0, 0.0, noise_}};
  }

 private:
  double half_width_;
  double noise_;
};

}  // namespace sgdyn::data
