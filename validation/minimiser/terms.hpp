// What is summed over samples in the function that is minimised: the loss itself, or the smooth function that stands
// for it in the method of multipliers.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "sgdyn/model/loss.hpp"

namespace sgdyn::minimiser {

/// A sum of convex differentiable functions of the margins, one of each.
class Terms {
 public:
  virtual ~Terms() = default;

  /// The sum at margins h, and the derivative in each.
  virtual double evaluate(std::span<const double> h, std::span<double> slope) = 0;
  /// The second derivatives where evaluate() was last called, at least zero.
  virtual void curvature(std::span<double> out) const = 0;
};

/// The loss, which must be smooth.
class LossTerms final : public Terms {
 public:
  LossTerms(const Loss& loss, std::size_t samples) : loss_(loss), h_(samples), value_(samples) {}

  double evaluate(std::span<const double> h, std::span<double> slope) override;
  void curvature(std::span<double> out) const override;

 private:
  const Loss& loss_;
  std::vector<double> h_;
  std::vector<double> value_;
};

/// A convex function of one margin, possibly with kinks or infinite values, by its proximal point
/// u(t) = argmin_u [ (u - t)^2/(2 g) + l(u) ].
class Proximal {
 public:
  virtual ~Proximal() = default;

  /// retreat = t - u(t), stiffness = 1 - du/dt, for g = width.
  virtual void point(std::span<const double> t, double width, std::span<double> retreat,
                     std::span<double> stiffness) const = 0;
  /// l(u), which is finite at proximal points.
  virtual void value(std::span<const double> u, std::span<double> out) const = 0;
  /// l'(h), at a kink anything between both sides; zero for constraints.
  virtual void slope(std::span<const double> h, std::span<double> out) const = 0;
};

/// l is zero for h >= anchor and infinite elsewhere: what losses that are zero there become as lambda -> 0 on data that
/// are separable.
class Constraint final : public Proximal {
 public:
  explicit Constraint(double anchor) : ramp_{.anchor = anchor, .slope = 1.0} {}

  void point(std::span<const double> t, double width, std::span<double> retreat,
             std::span<double> stiffness) const override;
  void value(std::span<const double> u, std::span<double> out) const override;
  void slope(std::span<const double> h, std::span<double> out) const override;

 private:
  ProximalRamp ramp_;
};

/// The proximal point of a loss: in closed form where it has one, else by bisection and Newton's method on l', which
/// may jump. Kinks met are remembered, since all samples have the same: for one thread at a time.
class LossProximal final : public Proximal {
 public:
  explicit LossProximal(const Loss& loss) : loss_(loss) {}

  void point(std::span<const double> t, double width, std::span<double> retreat,
             std::span<double> stiffness) const override;
  void value(std::span<const double> u, std::span<double> out) const override { loss_.value(u, out); }
  void slope(std::span<const double> h, std::span<double> out) const override { loss_.d1(h, out); }

 private:
  struct Kink {
    double place = 0.0;
    double below = 0.0, above = 0.0;  // l' on either side
  };

  // Whether l' jumps at u, the proximal point of t; then u is among kinks_ afterwards.
  bool is_kink(double u, double t) const;

  const Loss& loss_;
  mutable std::vector<Kink> kinks_;
};

/// One subproblem of the method of multipliers (Rockafellar 1976): l(h) is replaced by the Moreau envelope
/// min_u [ l(u) + (h + g p - u)^2/(2 g) ], whose derivative is the next multiplier, a subgradient of l at u.
class EnvelopeTerms final : public Terms {
 public:
  EnvelopeTerms(const Proximal& proximal, std::size_t samples);

  /// g, the inverse of the penalty.
  void set_width(double width) { width_ = width; }
  [[nodiscard]] double width() const { return width_; }

  double evaluate(std::span<const double> h, std::span<double> slope) override;
  void curvature(std::span<double> out) const override;

  /// The slopes of the last evaluation become the multipliers p.
  void update();
  /// Multipliers p at the last evaluation, after update() those in use.
  [[nodiscard]] const std::vector<double>& next() const { return next_; }
  /// At least sum l(h) - l(u) - p (h - u) over the last evaluation with p = next() + change, which is zero where p is a
  /// subgradient of l at h, and with it what the duality gap has besides the gradient: sum (l'(h) - p) (h - u), which
  /// no rounding of losses spoils. `h` are the margins evaluated; h and u closer than `resolution` count as equal. An
  /// empty `change` is none.
  [[nodiscard]] double gap(std::span<const double> h, std::span<const double> change, double resolution) const;

 private:
  const Proximal& proximal_;
  double width_ = 1.0;
  std::vector<double> multipliers_, next_, shifted_, retreat_, stiffness_;
  mutable std::vector<double> value_;
};

}  // namespace sgdyn::minimiser
