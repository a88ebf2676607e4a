#include "sgdyn/theory/replica/quadrature.hpp"

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "sgdyn/numerics/vector_math.hpp"
#include "sgdyn/theory/replica/proximal.hpp"

namespace sgdyn::replica {
namespace {

constexpr double reach = 10.0;      // standard deviations: beyond are 1e-23 of the samples
constexpr double panel_size = 5.0;  // standard deviations
constexpr double tolerance = 1e-15;
constexpr int most_halvings = 60;

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
  double weight = 0.0;
  double mean = 0.0;
  double deviation = 0.0;
};

struct Panel {
  double from = 0.0;
  double to = 0.0;
  int halvings = 0;
};

using Checked = std::array<double, 3>;  // integrals of |d|, d^2, p over a panel, all parts together

struct Look {
  Panel panel;
  PanelArray h{};
  ProximalBlock block{};
  Checked fine{};   // by all nodes
  Checked crude{};  // by the inner rule
};

class Integration {
 public:
  Integration(const Loss& loss, std::span<const Break> breaks, const MarginLaw& law, const OrderParameters& at,
              Precision precision, std::vector<Moments>& out)
      : loss_(loss), breaks_(breaks), g_(at.proximal_width), coarse_(precision == Precision::coarse), out_(out) {
    for (const Part& part : law.parts()) {
      bells_.push_back({part.weight, law.mean(part, at), law.deviation(part, at)});
    }
  }

  void run() {
    std::vector<Look> first;
    for (const Panel& panel : first_panels()) {
      first.push_back(look_at(panel));
      for (std::size_t k = 0; k < total_.size(); ++k) total_[k] += first.back().fine[k];
    }
    for (const Look& look : first) refine(look);
    add_proportions();
  }

 private:
  // The intervals that hold the samples, each once.
  [[nodiscard]] std::vector<Panel> covered() const {
    std::vector<Panel> all;
    for (const Bell& bell : bells_) {
      all.push_back({bell.mean - reach * bell.deviation, bell.mean + reach * bell.deviation, 0});
    }
    std::sort(all.begin(), all.end(), [](const Panel& a, const Panel& b) { return a.from < b.from; });
    std::vector<Panel> merged;
    for (const Panel& interval : all) {
      if (merged.empty() || interval.from > merged.back().to) {
        merged.push_back(interval);
      } else {
        merged.back().to = std::max(merged.back().to, interval.to);
      }
    }
    return merged;
  }

  [[nodiscard]] std::vector<Panel> first_panels() const {
    const auto narrowest = std::min_element(bells_.begin(), bells_.end(),
                                            [](const Bell& a, const Bell& b) { return a.deviation < b.deviation; });
    const double size = (coarse_ ? 2.0 : 1.0) * panel_size * narrowest->deviation;
    std::vector<Panel> panels;
    for (const Panel& interval : covered()) {
      const double length = interval.to - interval.from;
      const double count = std::ceil(length / size);
      std::vector<double> edges;
      for (double i = 0.0; i <= count; ++i) edges.push_back(interval.from + length * (i / count));
      for (const Break& at : breaks_) {
        for (const double slope : {at.left, at.right}) {
          const double h = at.u + g_ * slope;
          if (h > interval.from && h < interval.to) edges.push_back(h);
        }
      }
      std::sort(edges.begin(), edges.end());
      for (std::size_t i = 1; i < edges.size(); ++i) {
        if (edges[i] > edges[i - 1]) panels.push_back({edges[i - 1], edges[i], 0});
      }
    }
    return panels;
  }

  static bool near(const Bell& bell, const Panel& panel) {
    return bell.mean - reach * bell.deviation < panel.to && bell.mean + reach * bell.deviation > panel.from;
  }

  // Proximal points on the nodes of a panel, and what both rules make of them.
  [[nodiscard]] Look look_at(const Panel& panel) const {
    Look look{.panel = panel};
    const double half = 0.5 * (panel.to - panel.from);
    const double middle = 0.5 * (panel.from + panel.to);
    for (std::size_t i = 0; i < panel_nodes; ++i) look.h[i] = middle + half * rule().node[i];
    proximal_points(loss_, breaks_, g_, look.h, look.block);
    PanelArray density{};
    PanelArray own{};
    for (const Bell& bell : bells_) {
      if (!near(bell, panel)) continue;
      fill_density(bell, look, own);
      for (std::size_t i = 0; i < panel_nodes; ++i) density[i] += bell.weight * own[i];
    }
    look.fine = checked(look.block, density, rule().kronrod);
    look.crude = checked(look.block, density, rule().gauss);
    return look;
  }

  void refine(const Look& look) {
    const Panel& panel = look.panel;
    if (coarse_ || panel.halvings >= most_halvings || accurate(look)) return add(look);
    const double middle = 0.5 * (panel.from + panel.to);
    refine(look_at({panel.from, middle, panel.halvings + 1}));
    refine(look_at({middle, panel.to, panel.halvings + 1}));
  }

  static void fill_density(const Bell& bell, const Look& look, PanelArray& own) {
    const double scale = 1.0 / bell.deviation;
    const double half = 0.5 * (look.panel.to - look.panel.from);
    const double height = half * scale / std::sqrt(2.0 * std::numbers::pi);
    const PanelArray& h = look.h;
#pragma omp simd
    for (std::size_t i = 0; i < panel_nodes; ++i) {
      const double xi = (h[i] - bell.mean) * scale;
      own[i] = height * std::exp(-0.5 * xi * xi);
    }
  }

  static Checked checked(const ProximalBlock& block, const PanelArray& density, const PanelArray& weights) {
    Checked sum{};
    for (std::size_t i = 0; i < panel_nodes; ++i) {
      const double w = weights[i] * density[i];
      sum[0] += w * std::fabs(block.d[i]);
      sum[1] += w * block.d[i] * block.d[i];
      sum[2] += w * block.p[i];
    }
    return sum;
  }

  [[nodiscard]] bool accurate(const Look& look) const {
    for (std::size_t k = 0; k < total_.size(); ++k) {
      if (std::fabs(look.fine[k] - look.crude[k]) > tolerance * total_[k]) return false;
    }
    return true;
  }

  void add(const Look& look) {
    loss_.value(look.block.u, value_);
    for (std::size_t part = 0; part < bells_.size(); ++part) {
      if (near(bells_[part], look.panel)) add_part(bells_[part], look, out_[part]);
    }
  }

  void add_part(const Bell& bell, const Look& look, Moments& out) const {
    PanelArray w{};
    fill_density(bell, look, w);
    Moments sum;
    const double scale = 1.0 / bell.deviation;
    for (std::size_t i = 0; i < panel_nodes; ++i) {
      const double weight = w[i] * rule().kronrod[i];
      const double xi = (look.h[i] - bell.mean) * scale;
      const double d = weight * look.block.d[i];
      const double p = weight * look.block.p[i];
      sum.d += d;
      sum.dd += d * look.block.d[i];
      sum.p += p;
      sum.xi_p += xi * p;
      sum.xi2_p += xi * xi * p;
      sum.d_p += d * look.block.p[i];
      sum.xi_d_p += xi * d * look.block.p[i];
      sum.dd_p += d * look.block.d[i] * look.block.p[i];
      sum.p_p += p * look.block.p[i];
      sum.loss += weight * value_[i];
    }
    out.d += sum.d;
    out.dd += sum.dd;
    out.p += sum.p;
    out.xi_p += sum.xi_p;
    out.xi2_p += sum.xi2_p;
    out.d_p += sum.d_p;
    out.xi_d_p += sum.xi_d_p;
    out.dd_p += sum.dd_p;
    out.p_p += sum.p_p;
    out.loss += sum.loss;
  }

  // P(u > a), as u grows with h and is a at h = a + g l'(a).
  [[nodiscard]] double margin_of(double u) const {
    double slope = 0.0;
    loss_.d1({&u, 1}, {&slope, 1});
    return u + g_ * slope;
  }

  void add_proportions() {
    const double zero = margin_of(0.0);
    const std::optional<double> kappa = loss_.margin();
    const double edge = kappa ? margin_of(std::nextafter(*kappa, -std::numeric_limits<double>::infinity())) : 0.0;
    for (std::size_t part = 0; part < bells_.size(); ++part) {
      const Bell& bell = bells_[part];
      const double scale = 1.0 / (bell.deviation * std::numbers::sqrt2);
      out_[part].correct = 0.5 * std::erfc((zero - bell.mean) * scale);
      out_[part].support = kappa ? 0.5 * std::erfc((bell.mean - edge) * scale) : 0.0;
    }
  }

  const Loss& loss_;
  std::span<const Break> breaks_;
  double g_;
  bool coarse_;
  std::vector<Moments>& out_;
  std::vector<Bell> bells_;
  Checked total_{};
  PanelArray value_{};
};

}  // namespace

void integrate(const Loss& loss, std::span<const Break> breaks, const MarginLaw& law, const OrderParameters& at,
               Precision precision, std::vector<Moments>& out) {
  Integration(loss, breaks, law, at, precision, out).run();
}

}  // namespace sgdyn::replica
