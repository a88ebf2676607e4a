#include "sgdyn/validation/figure/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "sgdyn/validation/figure/observed.hpp"

namespace sgdyn::figure {
namespace {

constexpr std::size_t most_theory_dots = 100;
constexpr std::size_t most_simulation_dots = 18;
constexpr std::size_t enough_for_a_line = 12;  // dots that show the shape of a curve by themselves
constexpr const char* unknown_slopes = "slopes not known to better than a half are left out";

// At most `most` of them, the first and the last among them.
template <class Part>
std::vector<Part> thinned(const std::vector<Part>& parts, std::size_t most) {
  if (parts.size() <= most) return parts;
  std::vector<Part> kept;
  for (std::size_t i = 0; i < most; ++i) kept.push_back(parts[i * (parts.size() - 1) / (most - 1)]);
  return kept;
}

// The same at equal ratios of x, for a logarithmic axis.
std::vector<Dot> thinned_by_ratio(const std::vector<Dot>& dots, std::size_t most) {
  const auto start = std::find_if(dots.begin(), dots.end(), [](const Dot& dot) { return dot.x > 0.0; });
  if (dots.size() <= most || start == dots.end()) return dots;
  const double ratio = std::pow(dots.back().x / start->x, 1.0 / static_cast<double>(most - 1));
  std::vector<Dot> kept(dots.begin(), start + 1);
  for (auto dot = start + 1; dot != dots.end(); ++dot) {
    if (dot->x >= kept.back().x * ratio) kept.push_back(*dot);
  }
  // The last dot belongs to the curve, but not beside one that would touch it.
  if (dots.back().x < kept.back().x * std::sqrt(ratio)) kept.pop_back();
  kept.push_back(dots.back());
  return kept;
}

// Points with another learning rate report other times.
bool same_time(double a, double b) { return std::fabs(a - b) <= 1e-9 * std::max(std::fabs(a), std::fabs(b)); }

// FDT curves crowd at their end: dots at equal distances along x, as far as there are any.
std::vector<Dot> spread(const std::vector<Dot>& dots, std::size_t most) {
  if (dots.size() <= most) return dots;
  const auto [low, high] =
      std::minmax_element(dots.begin(), dots.end(), [](const Dot& a, const Dot& b) { return a.y < b.y; });
  const double gap = (high->y - low->y) / static_cast<double>(most - 1);
  std::vector<Dot> kept{dots.front()};
  for (const Dot& dot : dots) {
    if (dot.y >= kept.back().y + gap) kept.push_back(dot);
  }
  return kept;
}

std::vector<Dot> series_dots(const Observables& observables, const std::string& name) {
  std::vector<Dot> dots;
  const auto found = observables.series.find(name);
  if (found == observables.series.end() || !found->second.available()) return dots;
  for (std::size_t i = 0; i < observables.time.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    dots.push_back({observables.time[i], 0.0, found->second.mean[at], found->second.standard_error[at]});
  }
  return dots;
}

class PanelMaker {
 public:
  PanelMaker(const Result& result, const Panel& panel) : result_(result), panel_(panel) {
    data_.title = panel.title;
    data_.log_x = panel.log_x;
    data_.log_y = panel.log_y;
  }

  PanelData make() {
    switch (panel_.plot) {
      case Plot::fdt: fdt(); break;
      case Plot::last_slopes: last_slopes(); break;
      case Plot::local_temperatures: local(); break;
      case Plot::series: series(); break;
      case Plot::sweep: sweep(); break;
      case Plot::scatter: scatter(); break;
      case Plot::difference: difference(); break;
    }
    std::erase_if(data_.curves, [](const Curve& curve) { return curve.dots.empty(); });
    data_.left_out = left_out();
    return std::move(data_);
  }

 private:
  // Calls `visit(producer, is_theory, label, colour)` for every computed point.
  template <class Visit>
  void each_point(Visit visit) {
    std::size_t colour = 0;
    for (const std::size_t s : panel_.sweeps) {
      const Sweep& sweep = result_.recipe.sweeps[s];
      for (std::size_t i = 0; i < result_.points[s].size(); ++i, ++colour) {
        const PointResult& point = result_.points[s][i];
        std::string label = sweep.points[i].label;
        if (panel_.sweeps.size() > 1 && sweep.points.size() > 1) label = sweep.label + ", " + label;
        if (point.theory) visit(*point.theory, true, label, colour);
        if (point.simulation) visit(*point.simulation, false, label, colour);
      }
    }
  }

  void add(const std::string& label, bool theory, std::size_t colour, std::vector<Dot> dots, std::size_t mark = 0,
           bool joined = true) {
    data_.curves.push_back({label, theory, colour, mark, joined, std::move(dots), {}});
  }

  [[nodiscard]] std::vector<Dot> thin(const std::vector<Dot>& dots, std::size_t most) const {
    return panel_.log_x ? thinned_by_ratio(dots, most) : thinned(dots, most);
  }

  // A note stands once, with all the points it is about.
  void leave_out(const std::string& note, const std::string& point = "") {
    auto known = std::find_if(left_out_.begin(), left_out_.end(), [&](const auto& one) { return one.first == note; });
    if (known == left_out_.end()) known = left_out_.insert(known, {note, {}});
    std::vector<std::string>& at = known->second;
    if (!point.empty() && std::find(at.begin(), at.end(), point) == at.end()) at.push_back(point);
  }

  void leave_out(std::size_t s, std::size_t i, bool theory, const Quantity& quantity) {
    leave_out(fmt::format("no {} of the {} at ", quantity.symbol(), theory ? "DMFT" : "simulation"),
              result_.recipe.sweeps[s].points[i].label);
  }

  [[nodiscard]] std::string left_out() const {
    std::string text;
    for (const auto& [note, at] : left_out_) {
      text += fmt::format("{}{}{}", text.empty() ? "" : "; ", note, fmt::join(at, ", "));
    }
    return text;
  }

  [[nodiscard]] static std::size_t most(bool theory) { return theory ? most_theory_dots : most_simulation_dots; }

  void fdt() {
    data_.x_label = "1 - C(t,t_w) / C(t_w,t_w)";
    data_.y_label = "\u03c7(t,t_w) / C(t_w,t_w)";
    each_point([&](const Observables& producer, bool theory, const std::string& label, std::size_t colour) {
      std::vector<double> waiting = panel_.waiting;
      if (waiting.empty()) waiting.push_back(0.5 * producer.time.back());
      for (std::size_t w = 0; w < waiting.size(); ++w) {
        const Eigen::Index at = waiting_near(producer, waiting[w]);
        const std::string text = waiting.size() > 1 ? prefix(label) + "t_w = " + shortest(waiting[w]) : label;
        add(text, theory, colour * waiting.size() + w, spread(fdt_curve(producer, at), most(theory)));
      }
    });
  }

  void last_slopes() {
    data_.x_label = "waiting time t_w";
    data_.y_label = "1 / slope of the last n steps";
    each_point([&](const Observables& producer, bool theory, const std::string& label, std::size_t colour) {
      for (std::size_t n = 0; n < panel_.last.size(); ++n) {
        const std::string text = fmt::format("{}n = {}", prefix(label), panel_.last[n]);
        std::vector<Dot> dots = slopes(producer, static_cast<int>(panel_.last[n]));
        const bool joined = dots.size() >= enough_for_a_line;
        add(text, theory, colour * panel_.last.size() + n, std::move(dots), 0, joined);
      }
    });
  }

  // "b = 0.3, " where curves of several points meet in the panel.
  [[nodiscard]] std::string prefix(const std::string& label) const {
    const bool one = panel_.sweeps.size() == 1 && result_.recipe.sweeps[panel_.sweeps.front()].points.size() == 1;
    return one ? "" : label + ", ";
  }

  // Without the slopes that are not known to better than a half: long after the waiting time nothing moves any more.
  [[nodiscard]] std::vector<Dot> slopes(const Observables& producer, int count) {
    std::vector<Dot> dots;
    if (!producer.fluctuation_dissipation) return dots;
    const FluctuationDissipation& relation = *producer.fluctuation_dissipation;
    for (std::size_t w = 0; w < relation.waiting.size(); ++w) {
      const auto step = std::lower_bound(producer.steps.begin(), producer.steps.end(), relation.waiting[w]);
      if (step == producer.steps.end()) continue;
      const Measured one = last_slope(producer, static_cast<Eigen::Index>(w), count);
      if (!one.available() || one.error > 0.5 * one.value) {
        leave_out(unknown_slopes);
        continue;
      }
      dots.push_back(
          {producer.time[static_cast<std::size_t>(step - producer.steps.begin())], 0.0, one.value, one.error});
    }
    return thinned(dots, 40);
  }

  void local() {
    data_.x_label = "lag t - t_w";
    data_.y_label = "1 / slope of the FDT curve at this lag";
    each_point([&](const Observables& producer, bool theory, const std::string& label, std::size_t colour) {
      std::vector<Dot> dots;
      for (const LocalTemperature& window : local_temperatures(producer)) {
        const Measured& one = window.temperature;
        if (!one.available()) continue;
        if (one.error > 0.5 * one.value) {
          leave_out(unknown_slopes);
        } else {
          dots.push_back({window.lag(), 0.0, one.value, one.error});
        }
      }
      add(label, theory, colour, std::move(dots), 0, false);
    });
  }

  void series() {
    data_.x_label = "time t = step \u00d7 dt";
    data_.y_label = spaced(panel_.observable) + " " + symbol_of(panel_.observable);
    each_point([&](const Observables& producer, bool theory, const std::string& label, std::size_t colour) {
      add(label, theory, colour, thin(series_dots(producer, panel_.observable), most(theory)));
    });
  }

  // One curve a sweep and producer, and one a size where all sizes are shown.
  void sweep() {
    const Sweep& first = result_.recipe.sweeps[panel_.sweeps.front()];
    data_.x_label = first.symbol;
    data_.y_label = panel_.quantity->symbol();
    if (first.words) {
      for (const Point& point : first.points) data_.words.push_back(point.value);
    }
    for (std::size_t k = 0; k < panel_.sweeps.size(); ++k) {
      const std::size_t s = panel_.sweeps[k];
      const std::string label = panel_.sweeps.size() > 1 ? result_.recipe.sweeps[s].label : "";
      add(label, true, k, swept(s, true, [](const PointResult& point) { return point.theory.get(); }), 0, false);
      if (panel_.sizes) {
        add_sizes(s, k, label);
      } else {
        add(label, false, k, swept(s, false, [](const PointResult& point) { return point.simulation.get(); }));
      }
    }
  }

  void add_sizes(std::size_t s, std::size_t colour, const std::string& label) {
    const std::vector<PointResult>& points = result_.points[s];
    const std::size_t count =
        points.empty() || !points.front().simulation ? 0 : points.front().simulation->sizes.size();
    for (std::size_t size = 0; size < count; ++size) {
      const std::string text =
          fmt::format("{}{}N = {}", label, label.empty() ? "" : ", ", points.front().simulation->sizes[size].dimension);
      add(text, false, colour,
          swept(s, false,
                [size](const PointResult& point) {
                  return point.simulation && size < point.simulation->sizes.size() ? &point.simulation->sizes[size]
                                                                                   : nullptr;
                }),
          size);
    }
  }

  template <class Pick>
  [[nodiscard]] std::vector<Dot> swept(std::size_t s, bool theory, Pick pick) {
    std::vector<Dot> dots;
    for (std::size_t i = 0; i < result_.points[s].size(); ++i) {
      const Observables* producer = pick(result_.points[s][i]);
      if (producer == nullptr) continue;
      const Measured y = panel_.quantity->of(*producer);
      if (y.available()) {
        dots.push_back({result_.recipe.sweeps[s].points[i].x, 0.0, y.value, y.error});
      } else {
        leave_out(s, i, theory, *panel_.quantity);
      }
    }
    return dots;
  }

  void scatter() {
    data_.x_label = panel_.against->symbol();
    data_.y_label = panel_.quantity->symbol();
    for (std::size_t k = 0; k < panel_.sweeps.size(); ++k) {
      for (const bool theory : {true, false}) data_.curves.push_back(parametric(panel_.sweeps[k], k, theory));
    }
  }

  [[nodiscard]] Curve parametric(std::size_t s, std::size_t colour, bool theory) {
    const Sweep& sweep = result_.recipe.sweeps[s];
    Curve curve{.label = sweep.label, .theory = theory, .colour = colour, .mark = 0, .joined = false};
    for (std::size_t i = 0; i < result_.points[s].size(); ++i) {
      const PointResult& point = result_.points[s][i];
      const Observables* producer = theory ? point.theory.get() : point.simulation.get();
      if (producer == nullptr) continue;
      const Measured x = panel_.against->of(*producer);
      const Measured y = panel_.quantity->of(*producer);
      if (x.available() && y.available()) {
        curve.dots.push_back({x.value, x.error, y.value, y.error});
        curve.names.push_back(sweep.points[i].label);
      } else {
        leave_out(s, i, theory, x.available() ? *panel_.quantity : *panel_.against);
      }
    }
    return curve;
  }

  // Every later point of a sweep minus its first, over time.
  void difference() {
    data_.x_label = "time t = step \u00d7 dt";
    data_.y_label = "difference of " + spaced(panel_.observable) + " " + symbol_of(panel_.observable);
    std::size_t colour = 0;
    for (const std::size_t s : panel_.sweeps) {
      const Sweep& sweep = result_.recipe.sweeps[s];
      for (std::size_t i = 1; i < result_.points[s].size(); ++i, ++colour) {
        const std::string label = sweep.points[i].label + " minus " + sweep.points.front().label;
        for (const bool theory : {true, false}) {
          const auto pick = [&](std::size_t at) {
            const PointResult& point = result_.points[s][at];
            return theory ? point.theory.get() : point.simulation.get();
          };
          if (pick(i) == nullptr || pick(0) == nullptr) continue;
          add(label, theory, colour, subtracted(*pick(i), *pick(0), most(theory)));
        }
      }
    }
  }

  [[nodiscard]] std::vector<Dot> subtracted(const Observables& a, const Observables& b, std::size_t most) const {
    std::vector<std::size_t> steps(std::min(a.time.size(), b.time.size()));
    std::iota(steps.begin(), steps.end(), std::size_t{0});
    std::vector<Dot> dots;
    for (const std::size_t step : thinned(steps, most)) {
      const Measured gap =
          figure::difference(series_at(a, panel_.observable, step), series_at(b, panel_.observable, step));
      if (gap.available() && same_time(a.time[step], b.time[step])) {
        dots.push_back({a.time[step], 0.0, gap.value, gap.error});
      }
    }
    return dots;
  }

  const Result& result_;
  const Panel& panel_;
  PanelData data_;
  std::vector<std::pair<std::string, std::vector<std::string>>> left_out_;
};

std::string csv_text(const std::string& text) {
  std::string safe = "\"";
  for (const char letter : text) safe += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return safe + "\"";
}

}  // namespace

std::vector<PanelData> panel_data(const Result& result) {
  std::vector<PanelData> all;
  for (const Panel& panel : result.recipe.panels) all.push_back(PanelMaker(result, panel).make());
  return all;
}

std::string curves_csv(const std::vector<PanelData>& panels) {
  std::string text = "panel,curve,producer,x,x_error,y,y_error\n";
  for (const PanelData& panel : panels) {
    for (const Curve& curve : panel.curves) {
      for (const Dot& dot : curve.dots) {
        text += fmt::format("{},{},{},{:.8g},{:.3g},{:.8g},{:.3g}\n", csv_text(panel.title), csv_text(curve.label),
                            curve.theory ? "dmft" : "simulation", dot.x, dot.x_error, dot.y, dot.y_error);
      }
    }
  }
  return text;
}

}  // namespace sgdyn::figure
