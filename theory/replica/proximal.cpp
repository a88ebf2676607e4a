#include "sgdyn/theory/replica/proximal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sgdyn::replica {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr int most_steps = 300;
constexpr int halving_period = 8;
constexpr double close = 1e-9;  // a step of Newton's method that leaves an error of the order of its square

// F(u) = u - h + g l'(u) grows with slope at least 1; the root lies between h and h - g l'(h).
class Search {
 public:
  Search(const Loss& loss, std::span<const Break> breaks, double g, std::span<const double> h)
      : loss_(loss), g_(g), h_(h) {
    std::copy(h.begin(), h.end(), u_.begin());
    evaluate();
    break_below_.fill(-infinity);
    break_above_.fill(infinity);
    for (std::size_t i = 0; i < h_.size(); ++i) {
      const double reach = -g * slope_[i];
      lower_[i] = reach < 0.0 ? h[i] + reach : h[i];
      upper_[i] = reach > 0.0 ? h[i] + reach : h[i];
      for (const Break& at : breaks) keep_off(i, at);
    }
    evaluate();
  }

  void run(ProximalBlock& out) {
    for (int step = 0; step < most_steps; ++step) {
      if (!advance(step)) break;
      evaluate();
    }
    for (std::size_t i = 0; i < h_.size(); ++i) finish(i, out);
  }

 private:
  // The root is at a break where F changes sign there, and on one side of it else.
  void keep_off(std::size_t i, const Break& at) {
    const double h = h_[i];
    if (at.u + g_ * at.left <= h && h <= at.u + g_ * at.right && at.left < at.right) {
      kink_[i] = settled_[i] = true;
      u_[i] = at.u;
    } else if (at.u + g_ * at.right < h) {
      break_below_[i] = std::fmax(break_below_[i], at.u);
      lower_[i] = std::fmax(lower_[i], at.u);
      if (u_[i] < at.u) u_[i] = std::nextafter(at.u, infinity);
    } else if (h < at.u + g_ * at.left) {
      break_above_[i] = std::fmin(break_above_[i], at.u);
      upper_[i] = std::fmin(upper_[i], at.u);
      if (u_[i] > at.u) u_[i] = std::nextafter(at.u, -infinity);
    }
  }

  void evaluate() {
    const std::size_t count = h_.size();
    loss_.derivatives(std::span(u_).first(count), std::span(slope_).first(count), std::span(curvature_).first(count));
  }

  // True while some node still moves.
  bool advance(int step) {
    // Where l' is exponential Newton's method creeps by about one unit a step.
    const bool halve = step % halving_period == halving_period - 1;
    bool moving = false;
    for (std::size_t i = 0; i < h_.size(); ++i) {
      if (settled_[i]) continue;
      const double F = u_[i] - h_[i] + g_ * slope_[i];
      (F < 0.0 ? lower_ : upper_)[i] = u_[i];
      const double newton = u_[i] - F / (1.0 + g_ * curvature_[i]);
      const bool inside = newton == u_[i] || (newton > lower_[i] && newton < upper_[i]);
      const bool trusted = inside && (!halve || F == 0.0);
      const double next = trusted ? newton : middle(i);
      const double scale = std::fmax(std::fabs(u_[i]), std::fabs(h_[i]));
      // The last step of Newton's method is kept: what it leaves is of the order of its square over the distance at
      // which l'' changes.
      const double change = std::fmin(std::fmin(1.0, scale), distance_from_breaks(i, next));
      settled_[i] = F == 0.0 || upper_[i] - lower_[i] <= epsilon * scale ||
                    (trusted && std::fabs(next - u_[i]) <= std::fmax(close * change, epsilon * scale));
      u_[i] = next;
      moving = true;
    }
    return moving;
  }

  [[nodiscard]] double distance_from_breaks(std::size_t i, double u) const {
    return std::fmin(u - break_below_[i], break_above_[i] - u);
  }

  // Half way; half way in the logarithm of the distance from h while the bracket spans many orders of it.
  [[nodiscard]] double middle(std::size_t i) const {
    const bool above = upper_[i] > h_[i];
    const double far = above ? upper_[i] - h_[i] : h_[i] - lower_[i];
    const double least = 1e-3 * (1.0 + std::fabs(h_[i]));
    const double near = std::fmax(above ? lower_[i] - h_[i] : h_[i] - upper_[i], least);
    if (!std::isfinite(far)) return above ? h_[i] + 16.0 * near : h_[i] - 16.0 * near;
    if (far > 16.0 * near) return above ? h_[i] + std::sqrt(near * far) : h_[i] - std::sqrt(near * far);
    return 0.5 * (lower_[i] + upper_[i]);
  }

  void finish(std::size_t i, ProximalBlock& out) const {
    const double stiff = g_ * std::fmax(0.0, curvature_[i]);
    const double F = u_[i] - h_[i] + g_ * slope_[i];
    const double scale = std::fabs(u_[i]) + std::fabs(h_[i]) + std::fabs(g_ * slope_[i]);
    out.u[i] = u_[i];
    // A bracket that has closed on a sign change of F without a root has found a kink the loss did not tell of.
    const bool closed = std::fabs(F) > 1e-9 * scale * (1.0 + stiff) && upper_[i] - lower_[i] <= 4.0 * epsilon * scale;
    const bool kink = kink_[i] || closed;
    out.d[i] = kink || stiff > 1.0 ? u_[i] - h_[i] : -g_ * slope_[i];
    out.p[i] = kink || std::isinf(stiff) ? 1.0 : stiff / (1.0 + stiff);
  }

  const Loss& loss_;
  double g_;
  std::span<const double> h_;
  PanelArray u_{};
  PanelArray slope_{};
  PanelArray curvature_{};
  PanelArray lower_{};
  PanelArray upper_{};
  PanelArray break_below_{};  // the nearest on that side of the root
  PanelArray break_above_{};
  std::array<bool, panel_nodes> settled_{};
  std::array<bool, panel_nodes> kink_{};
};

}  // namespace

std::vector<Break> breaks_of(const Loss& loss) {
  std::vector<Break> all;
  for (const double u : loss.breaks()) {
    std::array<double, 2> slope{std::nextafter(u, -infinity), std::nextafter(u, infinity)};
    loss.d1(slope, slope);
    // Rounding is no jump of l'.
    const bool jump = slope[1] - slope[0] > 1e-9 * (std::fabs(slope[0]) + std::fabs(slope[1]));
    all.push_back({.u = u, .left = slope[0], .right = jump ? slope[1] : slope[0]});
  }
  return all;
}

void proximal_points(const Loss& loss, std::span<const Break> breaks, double g, std::span<const double> h,
                     ProximalBlock& out) {
  Search(loss, breaks, g, h).run(out);
}

}  // namespace sgdyn::replica
