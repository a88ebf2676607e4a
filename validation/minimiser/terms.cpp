#include "sgdyn/validation/minimiser/terms.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace sgdyn::minimiser {
namespace {

// In extended precision: how finely function values are resolved decides how close L-BFGS comes to the minimum.
double sum(const std::vector<double>& values) {
  return static_cast<double>(std::accumulate(values.begin(), values.end(), 0.0L));
}

void ramp_point(const ProximalRamp& ramp, std::span<const double> t, std::span<double> retreat,
                std::span<double> stiffness) {
  const double least = ramp.two_sided ? -std::numeric_limits<double>::infinity() : 0.0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double below = ramp.anchor - t[i];
    retreat[i] = -ramp.slope * std::clamp(below, least, ramp.width);
    stiffness[i] = below > least && below < ramp.width ? ramp.slope : 0.0;
  }
}

// Roots of F(u) = (u - t)/g + l'(u), increasing, of many samples at once: as l' increases, the root lies between t and
// t - g l'(t). Newton's steps, halved brackets where they leave those or alternate; samples that are done drop out.
class Roots {
 public:
  Roots(const Loss& loss, double width, std::span<const double> t)
      : loss_(loss), width_(width), t_(t), low_(t.size()), high_(t.size()), u_(t.size()), open_(t.size()) {
    std::vector<double> slope(t.size());
    loss_.d1(t_, slope);
    for (std::size_t i = 0; i < t.size(); ++i) {
      const double other = t[i] - width * slope[i];
      low_[i] = std::min(t[i], other);
      high_[i] = std::max(t[i], other);
      u_[i] = t[i];
    }
    std::iota(open_.begin(), open_.end(), std::size_t{0});
  }

  const std::vector<double>& find() {
    constexpr int most = 140;  // sixty halvings resolve a double, Newton's steps in between
    for (int k = 0; k < most && !open_.empty(); ++k) step(k % 2 == 0);
    return u_;
  }

 private:
  void step(bool newton) {
    at_.resize(open_.size());
    d1_.resize(open_.size());
    d2_.resize(open_.size());
    for (std::size_t k = 0; k < open_.size(); ++k) at_[k] = u_[open_[k]];
    loss_.d1(at_, d1_);
    loss_.d2(at_, d2_);
    std::size_t left = 0;
    for (std::size_t k = 0; k < open_.size(); ++k) {
      const std::size_t i = open_[k];
      if (!narrow(i, d1_[k], newton ? std::max(0.0, d2_[k]) : -1.0)) open_[left++] = i;
    }
    open_.resize(left);
  }

  // Moves u_[i] by a Newton step, or to the middle of the bracket for negative curvature; true if it is there.
  bool narrow(std::size_t i, double slope, double curvature) {
    constexpr double resolution = 4e-16;
    const double excess = (u_[i] - t_[i]) / width_ + slope;
    (excess > 0.0 ? high_[i] : low_[i]) = u_[i];
    const double scale = resolution * std::max(std::fabs(u_[i]), std::fabs(t_[i]));
    if (std::fabs(excess) * width_ <= scale || high_[i] - low_[i] <= scale) return true;  // F' is at least 1/g
    const double middle = 0.5 * (low_[i] + high_[i]);
    const double guess = curvature >= 0.0 ? u_[i] - excess / (1.0 / width_ + curvature) : middle;
    u_[i] = guess > low_[i] && guess < high_[i] ? guess : middle;
    return false;
  }

  const Loss& loss_;
  double width_;
  std::span<const double> t_;
  std::vector<double> low_, high_, u_, at_, d1_, d2_;
  std::vector<std::size_t> open_;
};

}  // namespace

double LossTerms::evaluate(std::span<const double> h, std::span<double> slope) {
  std::copy(h.begin(), h.end(), h_.begin());
  loss_.value(h, value_);
  loss_.d1(h, slope);
  return sum(value_);
}

void LossTerms::curvature(std::span<double> out) const {
  loss_.d2(h_, out);
  for (double& each : out) each = std::max(0.0, each);
}

void Constraint::point(std::span<const double> t, double /*width*/, std::span<double> retreat,
                       std::span<double> stiffness) const {
  ramp_point(ramp_, t, retreat, stiffness);
}

void Constraint::value(std::span<const double> /*u*/, std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
}

void Constraint::slope(std::span<const double> /*h*/, std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
}

void LossProximal::point(std::span<const double> t, double width, std::span<double> retreat,
                         std::span<double> stiffness) const {
  if (const auto ramp = loss_.proximal_ramp(width)) return ramp_point(*ramp, t, retreat, stiffness);
  std::vector<double> others;
  std::vector<std::size_t> where;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const auto at = std::find_if(kinks_.begin(), kinks_.end(), [&](const Kink& kink) {
      return t[i] >= kink.place + width * kink.below && t[i] <= kink.place + width * kink.above;
    });
    if (at == kinks_.end()) {
      others.push_back(t[i]);
      where.push_back(i);
      continue;
    }
    retreat[i] = t[i] - at->place;
    stiffness[i] = 1.0;  // u stays while t moves
  }
  const std::vector<double> u = Roots(loss_, width, others).find();
  std::vector<double> curvature(u.size());
  loss_.d2(u, curvature);
  for (std::size_t k = 0; k < u.size(); ++k) {
    const double stiff = std::max(0.0, curvature[k]) * width;
    retreat[where[k]] = others[k] - u[k];
    stiffness[where[k]] = is_kink(u[k], others[k]) ? 1.0 : stiff / (1.0 + stiff);
  }
}

bool LossProximal::is_kink(double u, double t) const {
  constexpr double jump = 1e-6;
  constexpr double rounding = 1e-14;  // of u as Roots finds it
  constexpr double beside = 1e-9;
  const double scale = std::max({1.0, std::fabs(u), std::fabs(t)});
  const std::array<double, 4> places{u - beside * scale, u - rounding * scale, u + rounding * scale,
                                     u + beside * scale};
  std::array<double, 4> slopes{};
  loss_.d1(places, slopes);
  // A root may also lie beside a kink: the jump must be where rounding may have put u.
  if (slopes[2] - slopes[1] <= jump * std::max(1.0, std::fabs(slopes[2]))) return false;
  const bool known = std::any_of(kinks_.begin(), kinks_.end(),
                                 [&](const Kink& kink) { return std::fabs(kink.place - u) <= beside * scale; });
  if (!known) kinks_.push_back({u, slopes[1], slopes[2]});
  return true;
}

EnvelopeTerms::EnvelopeTerms(const Proximal& proximal, std::size_t samples)
    : proximal_(proximal),
      multipliers_(samples, 0.0),
      next_(samples, 0.0),
      shifted_(samples),
      retreat_(samples),
      stiffness_(samples),
      value_(samples) {}

double EnvelopeTerms::evaluate(std::span<const double> h, std::span<double> slope) {
  for (std::size_t i = 0; i < h.size(); ++i) shifted_[i] = h[i] + width_ * multipliers_[i];
  proximal_.point(shifted_, width_, retreat_, stiffness_);
  for (std::size_t i = 0; i < h.size(); ++i) {
    next_[i] = slope[i] = retreat_[i] / width_;
    shifted_[i] -= retreat_[i];  // u from here on
  }
  proximal_.value(shifted_, value_);
  for (std::size_t i = 0; i < h.size(); ++i) value_[i] += 0.5 * retreat_[i] * slope[i];
  return sum(value_);
}

void EnvelopeTerms::curvature(std::span<double> out) const {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = stiffness_[i] / width_;
}

void EnvelopeTerms::update() { multipliers_ = next_; }

double EnvelopeTerms::gap(std::span<const double> h, std::span<const double> change, double resolution) const {
  proximal_.slope(h, value_);
  double gap = 0.0;
  for (std::size_t i = 0; i < h.size(); ++i) {
    const double apart = h[i] - shifted_[i];
    const double p = next_[i] + (change.empty() ? 0.0 : change[i]);
    if (std::fabs(apart) > resolution) gap += std::max(0.0, (value_[i] - p) * apart);
  }
  return gap;
}

}  // namespace sgdyn::minimiser
