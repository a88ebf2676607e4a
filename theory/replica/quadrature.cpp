#include "sgdyn/theory/replica/quadrature.hpp"

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>

#include "sgdyn/numerics/normal.hpp"
#include "sgdyn/numerics/vector_math.hpp"
#include "sgdyn/theory/replica/proximal.hpp"

namespace sgdyn::replica {
namespace {

constexpr double reach = 10.0;      // standard deviations: beyond are 1e-23 of the samples
constexpr double panel_size = 5.0;  // standard deviations
constexpr double tolerance = 1e-15;
constexpr int most_halvings = 60;
constexpr int fruitless = 4;  // halvings
// Halvings, for each panel to begin with and in all: no well-conditioned law comes near.
constexpr std::size_t halvings_each = 4;
constexpr std::size_t halvings_besides = 2000;

struct Rule {
  PanelArray node{};     // in (-1, 1), ascending
  PanelArray kronrod{};  // weights
  PanelArray gauss{};    // weights of the 20-point rule, zero at nodes it does not have
};

Rule make_rule() {
  using Kronrod = boost::math::quadrature::gauss_kronrod<double, panel_nodes>;
  using Gauss = boost::math::quadrature::gauss<double, (panel_nodes - 1) / 2>;
  Rule rule;
  constexpr std::size_t middle = panel_nodes / 2;
  for (std::size_t k = 0; k <= middle; ++k) {  // node 0 is the middle, every odd one belongs to the inner rule
    for (const std::size_t i : {middle - k, middle + k}) {
      rule.node[i] = (i < middle ? -1.0 : 1.0) * Kronrod::abscissa()[k];
      rule.kronrod[i] = Kronrod::weights()[k];
      rule.gauss[i] = k % 2 == 1 ? Gauss::weights()[k / 2] : 0.0;
    }
  }
  return rule;
}

const Rule& rule() {
  static const Rule made = make_rule();
  return made;
}

struct Bell {
  std::size_t part = 0;
  double weight = 0.0;
  double mean = 0.0;
  double deviation = 0.0;

  [[nodiscard]] double low() const { return mean - reach * deviation; }
  [[nodiscard]] double high() const { return mean + reach * deviation; }
};

// An interval of margins h, counted from `base` so that narrow laws keep their digits, and the proximal points u at its
// ends; one u for all where the loss has a kink.
struct Panel {
  double base = 0.0;
  double from = 0.0, to = 0.0;      // h - base
  double u_from = 0.0, u_to = 0.0;  // u
  int halvings = 0;
};

using Checked = std::array<double, 3>;  // integrals of |d|, d^2, p over a panel, all parts together

// The nodes of a panel.
struct Look {
  explicit Look(const Panel& at) : panel(at) {}

  Panel panel;
  PanelArray u;
  PanelArray offset;  // h - base
  PanelArray d;
  PanelArray p;
  PanelArray measure;              // dh of each node of the unit interval (-1, 1)
  PanelArray* of_parts = nullptr;  // density times measure, of every part near the panel
  Checked fine{};                  // by all nodes
  Checked crude{};                 // by the inner rule
  Checked rounding{};              // what rounding of u and of l' may do to them
};

class Integration {
 public:
  Integration(const Loss& loss, std::span<const Break> breaks, const MarginLaw& law, const OrderParameters& at,
              Precision precision, std::vector<Moments>& out)
      : loss_(loss), breaks_(breaks), g_(at.proximal_width), coarse_(precision == Precision::coarse), out_(out) {
    for (const Part& part : law.parts()) {
      bells_.push_back({bells_.size(), part.weight, law.mean(part, at), law.deviation(part, at)});
      narrowest_ = std::min(narrowest_, bells_.back().deviation);
    }
    std::sort(bells_.begin(), bells_.end(), [](const Bell& a, const Bell& b) { return a.mean < b.mean; });
    equally_wide_ =
        std::all_of(bells_.begin(), bells_.end(), [this](const Bell& b) { return b.deviation == narrowest_; });
  }

  // False where an average may be wrong by more than rounding.
  bool run() {
    const std::vector<Panel> panels = first_panels();
    std::vector<Look> first;
    first.reserve(panels.size());
    // One block for all: those of the panels to begin with are kept, halves of them share what follows.
    std::size_t kept = 0;
    for (const Panel& panel : panels) kept += near(panel).size();
    const auto densities = std::make_unique_for_overwrite<PanelArray[]>(kept + bells_.size());
    PanelArray* next = densities.get();
    for (const Panel& panel : panels) {
      first.push_back(look_at(panel, next));
      next += near(panel).size();
      for (std::size_t k = 0; k < total_.size(); ++k) total_[k] += first.back().fine[k];
    }
    of_halves_ = next;
    halvings_left_ = halvings_besides + halvings_each * panels.size();
    for (const Look& look : first) refine(look);
    return !short_of_accuracy_;
  }

 private:
  // The intervals that hold the samples, each once.
  [[nodiscard]] std::vector<Panel> covered() const {
    std::vector<Bell> all = bells_;
    std::sort(all.begin(), all.end(), [](const Bell& a, const Bell& b) { return a.low() < b.low(); });
    std::vector<Panel> merged;
    for (const Bell& bell : all) {
      if (merged.empty() || bell.low() > merged.back().base + merged.back().to) {
        const double half = reach * bell.deviation;
        merged.push_back({.base = bell.mean, .from = -half, .to = half});
      } else {
        Panel& last = merged.back();
        last.to = std::max(last.to, bell.mean - last.base + reach * bell.deviation);
      }
    }
    return merged;
  }

  [[nodiscard]] std::vector<double> edges_of(const Panel& interval, double size) const {
    const double length = interval.to - interval.from;
    const double count = std::ceil(length / size);
    std::vector<double> edges;
    for (double i = 0.0; i <= count; ++i) edges.push_back(interval.from + length * (i / count));
    for (const Break& at : breaks_) {
      for (const double slope : {at.left, at.right}) {
        const double offset = (at.u - interval.base) + g_ * slope;
        if (offset > interval.from && offset < interval.to) edges.push_back(offset);
      }
    }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    return edges;
  }

  [[nodiscard]] std::vector<double> proximal_points_of(double base, const std::vector<double>& offsets) const {
    std::vector<double> u;
    u.reserve(offsets.size());
    PanelArray h;
    ProximalBlock block;
    for (std::size_t begin = 0; begin < offsets.size(); begin += panel_nodes) {
      const std::size_t count = std::min(panel_nodes, offsets.size() - begin);
      for (std::size_t i = 0; i < count; ++i) h[i] = base + offsets[begin + i];
      proximal_points(loss_, breaks_, g_, std::span(h).first(count), block);
      u.insert(u.end(), block.u.begin(), block.u.begin() + static_cast<std::ptrdiff_t>(count));
    }
    return u;
  }

  [[nodiscard]] std::vector<Panel> first_panels() const {
    const double size = (coarse_ ? 2.0 : 1.0) * panel_size * narrowest_;
    std::vector<Panel> panels;
    for (const Panel& interval : covered()) {
      const std::vector<double> edges = edges_of(interval, size);
      const std::vector<double> u = proximal_points_of(interval.base, edges);
      for (std::size_t i = 1; i < edges.size(); ++i) {
        panels.push_back({interval.base, edges[i - 1], edges[i], u[i - 1], u[i], 0});
      }
    }
    return panels;
  }

  // The parts that reach into a panel, or all.
  [[nodiscard]] std::span<const Bell> near(const Panel& panel) const {
    if (!equally_wide_) return bells_;
    const auto begin = std::partition_point(bells_.begin(), bells_.end(),
                                            [&](const Bell& b) { return b.high() <= panel.base + panel.from; });
    const auto end =
        std::partition_point(begin, bells_.end(), [&](const Bell& b) { return b.low() < panel.base + panel.to; });
    return {begin, end};
  }

  // In u, where h = u + g l'(u) needs no root and dh = (1 + g l'') du. False where the rounding of u would move h by
  // too much of the width of the law.
  [[nodiscard]] bool place_nodes_in_u(Look& look) const {
    // Of h, in units of epsilon times the narrowest deviation; of u they stretch to that of h, but average out.
    constexpr double most_roundings = 30.0;
    constexpr double most_stretched = 300.0;
    const Panel& panel = look.panel;
    const double half = 0.5 * (panel.u_to - panel.u_from);
    const double middle = 0.5 * (panel.u_from + panel.u_to);
    if (!(half > 0.0)) return false;
    PanelArray slope;
    PanelArray curvature;
    for (std::size_t i = 0; i < panel_nodes; ++i) look.u[i] = middle + half * rule().node[i];
    loss_.derivatives(look.u, slope, curvature);
    double roundings = 0.0;
    double stretched = 0.0;
    double covered = 0.0;
    for (std::size_t i = 0; i < panel_nodes; ++i) {
      const double stretch = 1.0 + g_ * curvature[i];
      look.d[i] = -g_ * slope[i];
      look.offset[i] = (look.u[i] - panel.base) - look.d[i];
      look.p[i] = g_ * curvature[i] / stretch;
      look.measure[i] = half * stretch;
      roundings = std::max(roundings, std::fabs(look.u[i]) + std::fabs(look.d[i]));
      stretched = std::max(stretched, stretch * std::fabs(look.u[i]));
      covered += rule().kronrod[i] * look.measure[i];
    }
    // At a kink u stays within rounding while h moves on.
    const double length = panel.to - panel.from;
    if (!(covered > 0.5 * length)) return false;
    return roundings <= most_roundings * narrowest_ && stretched <= most_stretched * narrowest_;
  }

  void place_nodes_in_h(Look& look) const {
    const Panel& panel = look.panel;
    const double half = 0.5 * (panel.to - panel.from);
    const double middle = 0.5 * (panel.from + panel.to);
    PanelArray h;
    for (std::size_t i = 0; i < panel_nodes; ++i) {
      look.offset[i] = middle + half * rule().node[i];
      look.measure[i] = half;
      h[i] = panel.base + look.offset[i];
    }
    ProximalBlock block;
    proximal_points(loss_, breaks_, g_, h, block);
    look.u = block.u;
    look.d = block.d;
    look.p = block.p;
  }

  // The nodes of a panel, and what both rules make of it.
  [[nodiscard]] Look look_at(const Panel& panel, PanelArray* of_parts) const {
    Look look(panel);
    // l'' may have a pole of the order of 1/sqrt(u) at a break, which u(h) has not.
    if (panel.halvings >= fruitless || !place_nodes_in_u(look)) place_nodes_in_h(look);
    PanelArray density{};
    look.of_parts = of_parts;
    for (const Bell& bell : near(panel)) {
      PanelArray& own = *of_parts++;
      fill_density(bell, look, own);
      for (std::size_t i = 0; i < panel_nodes; ++i) density[i] += bell.weight * own[i];
    }
    look.fine = checked(look, density, rule().kronrod);
    look.crude = checked(look, density, rule().gauss);
    look.rounding = rounding_of(look, density);
    return look;
  }

  void refine(const Look& look) {
    const Panel& panel = look.panel;
    if (coarse_ || accurate(look)) return add(look);
    if (panel.halvings >= most_halvings || halvings_left_ == 0) {
      short_of_accuracy_ = true;
      return add(look);
    }
    --halvings_left_;
    Panel left = panel;
    Panel right = panel;
    left.halvings = right.halvings = panel.halvings + 1;
    // The middle node is the middle of the panel, in u or in h.
    left.to = right.from = look.offset[panel_nodes / 2];
    left.u_to = right.u_from = look.u[panel_nodes / 2];
    refine(look_at(left, of_halves_));
    refine(look_at(right, of_halves_));
  }

  static void fill_density(const Bell& bell, const Look& look, PanelArray& own) {
    const double scale = 1.0 / bell.deviation;
    const double height = scale / std::sqrt(2.0 * std::numbers::pi);
    const double mean = bell.mean - look.panel.base;
#pragma omp simd
    for (std::size_t i = 0; i < panel_nodes; ++i) {
      const double xi = (look.offset[i] - mean) * scale;
      own[i] = height * look.measure[i] * std::exp(-0.5 * xi * xi);
    }
  }

  static Checked checked(const Look& look, const PanelArray& density, const PanelArray& weights) {
    double d = 0.0;
    double dd = 0.0;
    double p = 0.0;
#pragma omp simd reduction(+ : d, dd, p)
    for (std::size_t i = 0; i < panel_nodes; ++i) {
      const double w = weights[i] * density[i];
      d += w * std::fabs(look.d[i]);
      dd += w * look.d[i] * look.d[i];
      p += w * look.p[i];
    }
    return {d, dd, p};
  }

  static Checked rounding_of(const Look& look, const PanelArray& density) {
    constexpr double epsilon = 4.0 * std::numeric_limits<double>::epsilon();
    double d = 0.0;
    double dd = 0.0;
    double p = 0.0;
#pragma omp simd reduction(+ : d, dd, p)
    for (std::size_t i = 0; i < panel_nodes; ++i) {
      const double w = epsilon * rule().kronrod[i] * density[i];
      const double u = std::fabs(look.u[i]);
      const double of_d = std::fabs(look.d[i]) + look.p[i] * u;
      d += w * of_d;
      dd += 2.0 * w * std::fabs(look.d[i]) * of_d;
      p += w * (1.0 + u) * look.p[i];
    }
    return {d, dd, p};
  }

  [[nodiscard]] bool accurate(const Look& look) const {
    constexpr std::size_t of_p = 2;
    for (std::size_t k = 0; k < total_.size(); ++k) {
      const double difference = std::fabs(look.fine[k] - look.crude[k]);
      if (difference <= std::max(tolerance * total_[k], look.rounding[k])) continue;
      // Only where halving has not helped is the price of looking closer paid.
      if (k != of_p || look.panel.halvings < fruitless || difference > rounding_of_curvature(look)) return false;
    }
    return true;
  }

  // What rounding of u does to p through l'', where that is steep: u moves by epsilon |u|, log l'' with it, and
  // dp = p (1 - p) d log l''.
  [[nodiscard]] double rounding_of_curvature(const Look& look) const {
    constexpr double epsilon = 4.0 * std::numeric_limits<double>::epsilon();
    double density_most = 0.0;
    double sum = 0.0;
    for (std::size_t i = 1; i < panel_nodes; ++i) {
      const double move = std::fabs(std::log(look.p[i] / (1.0 - look.p[i]) * (1.0 - look.p[i - 1]) / look.p[i - 1]));
      const double length = std::fabs(look.u[i] - look.u[i - 1]);
      if (!std::isfinite(move) || !(length > 0.0)) continue;
      const double p = 0.5 * (look.p[i] + look.p[i - 1]);
      const double of_u = std::fabs(look.u[i]) + (1.0 - p) * std::fabs(look.d[i]);  // h = u - d moves u by 1 - p
      sum += (look.offset[i] - look.offset[i - 1]) * p * (1.0 - p) * epsilon * of_u * move / length;
    }
    for (const Bell& bell : near(look.panel)) {
      const double nearest = std::clamp(bell.mean - look.panel.base, look.panel.from, look.panel.to);
      const double xi = (look.panel.base + nearest - bell.mean) / bell.deviation;
      density_most += bell.weight * normal_density(xi) / bell.deviation;
    }
    return density_most * sum;
  }

  void add(const Look& look) {
    PanelArray value{};
    if (!coarse_) loss_.value(look.u, value);
    const PanelArray* density = look.of_parts;
    for (const Bell& bell : near(look.panel)) add_part(bell, look, *density++, value, out_[bell.part]);
  }

  static void add_part(const Bell& bell, const Look& look, const PanelArray& density, const PanelArray& value,
                       Moments& out) {
    const PanelArray& weights = rule().kronrod;
    const double scale = 1.0 / bell.deviation;
    const double mean = bell.mean - look.panel.base;
    double d = 0.0, dd = 0.0, p = 0.0, xi_p = 0.0, xi2_p = 0.0, d_p = 0.0, xi_d_p = 0.0, dd_p = 0.0, p_rest = 0.0,
           loss = 0.0;
#pragma omp simd reduction(+ : d, dd, p, xi_p, xi2_p, d_p, xi_d_p, dd_p, p_rest, loss)
    for (std::size_t i = 0; i < panel_nodes; ++i) {
      const double weight = density[i] * weights[i];
      const double xi = (look.offset[i] - mean) * scale;
      const double wd = weight * look.d[i];
      const double wp = weight * look.p[i];
      d += wd;
      dd += wd * look.d[i];
      p += wp;
      xi_p += xi * wp;
      xi2_p += xi * xi * wp;
      d_p += wd * look.p[i];
      xi_d_p += xi * wd * look.p[i];
      dd_p += wd * look.d[i] * look.p[i];
      p_rest += wp * (1.0 - look.p[i]);
      loss += weight * value[i];
    }
    out.d += d;
    out.dd += dd;
    out.p += p;
    out.xi_p += xi_p;
    out.xi2_p += xi2_p;
    out.d_p += d_p;
    out.xi_d_p += xi_d_p;
    out.dd_p += dd_p;
    out.p_rest += p_rest;
    out.loss += loss;
  }

  const Loss& loss_;
  std::span<const Break> breaks_;
  double g_;
  bool coarse_;
  std::vector<Moments>& out_;
  std::vector<Bell> bells_;
  double narrowest_ = std::numeric_limits<double>::infinity();
  Checked total_{};
  std::size_t halvings_left_ = 0;
  bool short_of_accuracy_ = false;
  bool equally_wide_ = false;
  PanelArray* of_halves_ = nullptr;
};

}  // namespace

bool integrate(const Loss& loss, std::span<const Break> breaks, const MarginLaw& law, const OrderParameters& at,
               Precision precision, std::vector<Moments>& out) {
  return Integration(loss, breaks, law, at, precision, out).run();
}

}  // namespace sgdyn::replica
