// Data models: the concept a file under lib/data fulfils, and its handle. A data model is a law of (y, c), label and
// projection of the input on the signal direction v, and a decision rule; the other input directions are always
// Gaussian of variance Delta (THEORY 1).
#pragma once

#include <concepts>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sgdyn/core/parameters.hpp"

namespace sgdyn {

/// A part of the law of (y, c): with probability `weight` the label is y, and c is N(mean, variance).
struct GaussianProjection {
  double weight = 0.0;
  double label = 0.0;
  double mean = 0.0;
  double variance = 0.0;
};

/// One class in its own file lib/data/<name>.hpp, constructed from its parameters and Delta. Two facts may be declared
/// besides those asked for here: `default_noise`, the Delta of a problem that gives none, and `reflection_symmetric`,
/// true when (y, c) and (y, -c) have the same law and r -> -r leaves every margin alone.
template <class D>
concept DataComponent = std::constructible_from<D, const Parameters&, double> &&
    requires(const D data, std::span<const double> in, std::span<double> out, double x) {
  { D::name } -> std::convertible_to<std::string_view>;
  { D::parameters() } -> std::convertible_to<std::span<const ParameterInfo>>;
  // True when (y, c, z) -> (-y, -c, -z) leaves every margin alone, whatever the class
  // proportions, so that a theory may take y = +1 throughout.
  { D::label_symmetric } -> std::convertible_to<bool>;
  // Labels and projections from two independent uniforms a sample.
  data.latent(in, in, out, out);
  // Margin h(y, r), and dh/dr, d2h/dr2.
  data.margin(in, in, out);
  data.margin_derivatives(in, in, out, out);
  // Probability of a wrong decision on a fresh sample given m and C = |w|^2/N.
  { data.generalisation_error(x, x) } -> std::same_as<double>;
  // E[c^2], E[y c]: checked against samples in tests/conformance.
  { data.mean_square_projection() } -> std::same_as<double>;
  { data.mean_signed_projection() } -> std::same_as<double>;
  // The law of (y, c) as a mixture of Gaussians in c, weights adding up to 1; see HasProjectionNodes.
  { data.projections() } -> std::same_as<std::vector<GaussianProjection>>;
};

/// One whose projections() are the nodes of a quadrature takes how steep the functions of c are that it is for, at
/// least 1: such as the average over noise of a step at c = x, of width 1/steepness.
template <class D>
concept HasProjectionNodes = requires(const D data, double steepness) {
  { data.projections(steepness) } -> std::same_as<std::vector<GaussianProjection>>;
};

class DataModel {
 public:
  virtual ~DataModel() = default;

  virtual void latent(std::span<const double> u_label, std::span<const double> u_projection, std::span<double> y,
                      std::span<double> c) const = 0;
  virtual void margin(std::span<const double> y, std::span<const double> r, std::span<double> h) const = 0;
  virtual void margin_derivatives(std::span<const double> y, std::span<const double> r, std::span<double> first,
                                  std::span<double> second) const = 0;
  [[nodiscard]] virtual double generalisation_error(double m, double C) const = 0;
  [[nodiscard]] virtual double mean_square_projection() const = 0;
  [[nodiscard]] virtual double mean_signed_projection() const = 0;
  /// Exact, or nodes for functions of c as steep as that.
  [[nodiscard]] virtual std::vector<GaussianProjection> projections(double steepness = 1.0) const = 0;
  [[nodiscard]] virtual bool projections_are_exact() const = 0;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual bool label_symmetric() const = 0;
  [[nodiscard]] virtual bool reflection_symmetric() const = 0;
};

/// `noise` is Delta. @throws InputError for an unknown name (with the nearest) or a bad parameter.
[[nodiscard]] std::shared_ptr<const DataModel> make_data_model(const Component& component, double noise);

/// Whether the margin is y r: then a loss convex in the margin makes an objective convex in w, and moments of the field
/// close among themselves for the square loss.
[[nodiscard]] bool margin_is_linear(const DataModel& model);

}  // namespace sgdyn
