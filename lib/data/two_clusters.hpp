#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <string_view>
#include <vector>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/numerics/normal.hpp"

namespace sgdyn::data {

/// Two Gaussian clusters at +v and -v: y = +-1 with P(+1) = rho, c = y + sqrt(Delta) h0, decision sign(r). (EN, SL)
class TwoClusters {
 public:
  static constexpr std::string_view name = "two-clusters";
  static constexpr bool label_symmetric = true;
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 1> declared{
        {{"fraction", "rho, probability of the label +1", Range::open(0.0, 1.0), 0.5}}};
    return declared;
  }

  TwoClusters(const Parameters& given, double noise) : rho_(given.at("fraction")), noise_(noise) {}

  void latent(std::span<const double> u_label, std::span<const double> u_projection, std::span<double> y,
              std::span<double> c) const {
    normal_quantile(u_projection, c);
    const double width = std::sqrt(noise_);
    for (std::size_t i = 0; i < y.size(); ++i) {
      y[i] = u_label[i] < rho_ ? 1.0 : -1.0;
      c[i] = y[i] + width * c[i];
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

  /// 1/2 erfc(m / sqrt(2 Delta C)), THEORY 7; 1/2 for w = 0, where the decision is arbitrary.
  [[nodiscard]] double generalisation_error(double m, double C) const {
    return C > 0.0 ? 0.5 * std::erfc(m / std::sqrt(2.0 * noise_ * C)) : 0.5;
  }

  [[nodiscard]] double mean_square_projection() const { return 1.0 + noise_; }
  [[nodiscard]] double mean_signed_projection() const { return 1.0; }
  [[nodiscard]] std::vector<GaussianProjection> projections() const {
    return {{rho_, 1.0, 1.0, noise_}, {1.0 - rho_, -1.0, -1.0, noise_}};
  }

 private:
  double rho_;
  double noise_;
};

}  // namespace sgdyn::data
