// Losses: the concepts of which a file under lib/loss fulfils one, and the handle everything else uses. One virtual
// call per block.
#pragma once

#include <concepts>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/parameters.hpp"

namespace sgdyn {

/// The proximal point u(h) = argmin_u [ (u - h)^2/(2 g) + l(u) ] of a loss that is piecewise linear and quadratic:
/// u(h) - h = slope * (anchor - h), but 0 for h > anchor unless `two_sided`, and constant for h < anchor - width.
struct ProximalRamp {
  double anchor = 0.0;
  double slope = 0.0;  ///< in (0, 1]
  double rest = 0.0;   ///< 1 - slope, with all its digits
  double width = std::numeric_limits<double>::infinity();
  bool two_sided = false;
};

/// A loss l(h) of the margin h known when the program is built, one class in its own file lib/loss/<name>.hpp,
/// constructed from its parameters.
template <class L>
concept LossComponent = std::constructible_from<L, const Parameters&> && requires(const L loss, double h) {
  { L::name } -> std::convertible_to<std::string_view>;
  { L::formula } -> std::convertible_to<std::string_view>;
  { L::parameters() } -> std::convertible_to<std::span<const ParameterInfo>>;
  { L::smooth } -> std::convertible_to<bool>;  ///< l' has no jump, so that l'' is a function
  { L::convex } -> std::convertible_to<bool>;
  { loss.value(h) } -> std::same_as<double>;
  { loss.d1(h) } -> std::same_as<double>;                    ///< l'(h); at a kink the mean of both sides or either
  { loss.d2(h) } -> std::same_as<double>;                    ///< l''(h) away from kinks
  { loss.margin() } -> std::same_as<std::optional<double>>;  ///< kappa, if samples beyond it are not support vectors
};

/// One that has its proximal point in closed form.
template <class L>
concept HasProximalRamp = requires(const L loss, double g) {
  { loss.proximal_ramp(g) } -> std::same_as<ProximalRamp>;
};

/// One that says between which margins, increasing, it is analytic.
template <class L>
concept HasBreaks = requires(const L loss) {
  { loss.breaks() } -> std::convertible_to<std::span<const double>>;
};

/// A loss whose function and properties are known only from the texts given to it; evaluated in blocks. Equal lengths;
/// `out` may be the same array as h.
template <class L>
concept TextLossComponent = std::constructible_from<L, const Texts&> &&
    requires(const L loss, std::span<const double> h, std::span<double> out) {
  { L::name } -> std::convertible_to<std::string_view>;
  { L::parameters() } -> std::convertible_to<std::span<const ParameterInfo>>;
  { L::texts() } -> std::convertible_to<std::span<const TextInfo>>;
  { loss.formula() } -> std::convertible_to<std::string_view>;
  { loss.smooth() } -> std::same_as<bool>;
  { loss.convex() } -> std::same_as<bool>;
  { loss.margin() } -> std::same_as<std::optional<double>>;
  loss.value(h, out);
  loss.d1(h, out);
  loss.d2(h, out);
};

class Loss {
 public:
  virtual ~Loss() = default;

  virtual void value(std::span<const double> h, std::span<double> out) const = 0;
  virtual void d1(std::span<const double> h, std::span<double> out) const = 0;
  virtual void d2(std::span<const double> h, std::span<double> out) const = 0;
  /// Both at once; `first` and `second` are other arrays than h.
  virtual void derivatives(std::span<const double> h, std::span<double> first, std::span<double> second) const = 0;

  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view formula() const = 0;
  [[nodiscard]] virtual bool smooth() const = 0;
  [[nodiscard]] virtual bool convex() const = 0;
  [[nodiscard]] virtual std::optional<double> margin() const = 0;
  /// The proximal point of width g > 0 where it has that form.
  [[nodiscard]] virtual std::optional<ProximalRamp> proximal_ramp(double g) const = 0;
  /// Increasing margins between which it is analytic, where the loss says so.
  [[nodiscard]] virtual std::span<const double> breaks() const = 0;

  /// l(h), l'(h) and l''(h) of one margin.
  [[nodiscard]] double value_at(double h) const {
    double result = 0.0;
    value({&h, 1}, {&result, 1});
    return result;
  }
  [[nodiscard]] double slope_at(double h) const {
    double slope = 0.0;
    d1({&h, 1}, {&slope, 1});
    return slope;
  }
  [[nodiscard]] double curvature_at(double h) const {
    double curvature = 0.0;
    d2({&h, 1}, {&curvature, 1});
    return curvature;
  }
};

/// @throws InputError for an unknown name (with the nearest), a bad parameter or a bad text.
[[nodiscard]] std::shared_ptr<const Loss> make_loss(const Component& component);

}  // namespace sgdyn
