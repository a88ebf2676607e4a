#include "figure_scripts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "description.hpp"
#include "gnuplot_text.hpp"
#include "notes.hpp"
#include "panel_layout.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/observable/effective_temperature.hpp"
#include "sgdyn/validation/figure/quantity.hpp"

namespace sgdyn::tools {
namespace {

using figure::spaced;

constexpr std::size_t most_points = 40;   // of a simulation, so that error bars stay readable
constexpr std::size_t most_pixels = 300;  // of a heat map, each way
constexpr std::array<const char*, 4> theory_lines{"#1b4f9c", "#7a3e9d", "#00796b", "#8d6e00"};
constexpr std::array<const char*, 6> observable_lines{"#1b4f9c", "#c8452d", "#2e8b57", "#8a4fa3", "#b8860b", "#4f6d7a"};

// The problem as a gnuplot expression: the components on one line, the numbers on as many as they need.
std::string title(const Problem& problem) {
  constexpr std::size_t widest = 90;
  const std::string text = describe(problem);
  const std::size_t colon = text.find(": ");
  std::string lines = quoted(text.substr(0, colon));
  for (std::size_t begin = colon + 2; begin < text.size();) {
    std::size_t end = text.size();
    if (end - begin > widest) end = std::min(end, text.rfind(", ", begin + widest) + 1);
    lines += ".\"\\n\"." + quoted(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// Clauses of a plot command, and what its legend will say.
struct Drawn {
  std::vector<std::string> clauses{};
  std::vector<std::string> legend{};

  // Text in the enhanced mode of gnuplot.
  std::string entry(const std::string& text) {
    legend.push_back(text);
    return "title " + quoted(text);
  }
};

// Title, margins and legend of a picture with one plot.
std::string frame(const FigureScript& script, const Outcome& outcome, const Drawn& drawn) {
  constexpr double title_line = 19;
  const std::string text = title(outcome.problem);
  const auto breaks = static_cast<double>(std::count(text.begin(), text.end(), '"')) / 2.0;
  const Canvas canvas{static_cast<double>(script.width), static_cast<double>(script.height)};
  const Cell cell{
      .left = 0, .top = 0, .width = canvas.width, .height = canvas.height, .title = title_line * (2.0 + breaks)};
  return "set autoscale fix\nset offsets 0, 0, graph 0.05, graph 0.05\nset tics font ',10'\nset title " + text +
         " noenhanced font ',10'\n" + layout_with_legend_below(canvas, cell, drawn.legend);
}

// Rows "time mean error" of every `stride`-th step, and of the last.
std::string series_block(const std::string& name, const std::vector<double>& time, const Series& series,
                         std::size_t stride) {
  std::string block = "$" + name + " << EOD\n";
  const std::size_t count = std::min(time.size(), static_cast<std::size_t>(series.mean.size()));
  for (std::size_t i = 0; i < count; ++i) {
    if (i % stride != 0 && i + 1 != count) continue;
    const auto row = static_cast<Eigen::Index>(i);
    block += fmt::format("{} {} {}\n", number(time[i]), number(series.mean[row]), number(series.standard_error[row]));
  }
  return block + "EOD\n";
}

std::size_t stride_for(std::size_t count, std::size_t most) {
  return std::max<std::size_t>(1, (count + most - 1) / most);
}

std::string simulation_label(const Observables& simulation, std::size_t stride) {
  std::string sizes;
  for (const Observables& size : simulation.sizes)
    sizes += (sizes.empty() ? "" : ", ") + std::to_string(size.dimension);
  const std::string shown = stride > 1 ? fmt::format("; 1 point in {}", stride) : "";
  return fmt::format("simulation, N {} (bars \u00b1 1 s.e.{})",
                     sizes.empty() ? fmt::format("= {}", simulation.dimension) : "\u2192 \u221e from " + sizes, shown);
}

const Series* find_series(const Observables& producer, const std::string& observable) {
  const auto found = producer.series.find(observable);
  return found != producer.series.end() && found->second.available() ? &found->second : nullptr;
}

// Appends the data and the plot clauses of the simulation: the largest finite size in grey, then the answer itself.
void add_simulation(FigureScript& script, Drawn& drawn, const Observables& simulation, const std::string& observable) {
  const Series* series = find_series(simulation, observable);
  if (series == nullptr) return;
  const std::size_t stride = stride_for(simulation.time.size(), most_points);
  if (!simulation.sizes.empty()) {
    const Observables& largest = simulation.sizes.back();
    if (const Series* finite = find_series(largest, observable)) {
      script.data += series_block("finite", largest.time, *finite, stride);
      drawn.clauses.push_back(fmt::format("$finite using 1:2 with points pt 6 ps 0.85 lc rgb '#8c8c8c' {}",
                                          drawn.entry(fmt::format("simulation, N = {}", largest.dimension))));
    }
  }
  script.data += series_block("simulation", simulation.time, *series, stride);
  // Bars as vectors: "with yerrorbars" wipes out the line below each point.
  const char* colour = "#d1495b";
  drawn.clauses.push_back(
      fmt::format("$simulation using 1:($2-$3):(0):(2*$3) with vectors nohead lw 1.6 lc rgb '{}' notitle", colour));
  drawn.clauses.push_back(fmt::format("$simulation using 1:2 with points pt 7 ps 0.45 lc rgb '{}' {}", colour,
                                      drawn.entry(simulation_label(simulation, stride))));
}

// The time axis: k dt, or with a schedule the sum of dt over the steps made.
std::string time_label(const Problem& problem) {
  return quoted(problem.algorithm.learning_rate.constant() ? "time t = k dt" : "time t = sum of dt(k)");
}

std::string plot_command(const std::vector<std::string>& clauses) {
  return "plot " + fmt::format("{}", fmt::join(clauses, ", \\\n  ")) + "\n";
}

// The axis of time, with room for the first and the last point.
std::string time_range(const Outcome& outcome) {
  double last = 0.0;
  for (const Observables* producer : producers(outcome)) {
    if (!producer->time.empty()) last = std::max(last, producer->time.back());
  }
  return fmt::format("set xrange [{}:{}]\n", number(-0.015 * last), number(1.015 * last));
}

// Index of the reported step nearest to each of `count` equally spaced times.
std::vector<std::size_t> uniform_grid(const std::vector<double>& time, std::size_t count) {
  std::vector<std::size_t> grid(count);
  std::size_t nearest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double at =
        time.front() + (time.back() - time.front()) * static_cast<double>(i) / static_cast<double>(count - 1);
    while (nearest + 1 < time.size() && std::abs(time[nearest + 1] - at) <= std::abs(time[nearest] - at)) ++nearest;
    grid[i] = nearest;
  }
  return grid;
}

std::string matrix_block(const Eigen::MatrixXd& matrix, const std::vector<std::size_t>& grid, bool causal) {
  std::string block = "$map << EOD\n";
  for (std::size_t i = 0; i < grid.size(); ++i) {
    for (std::size_t j = 0; j < grid.size(); ++j) {
      const bool left_out = causal && j >= i;
      const double value = matrix(static_cast<Eigen::Index>(grid[i]), static_cast<Eigen::Index>(grid[j]));
      block += (left_out ? std::string("NaN") : number(value)) + (j + 1 == grid.size() ? "\n" : " ");
    }
  }
  return block + "EOD\n";
}

std::vector<double> times_of_steps(const Observables& theory, const std::vector<int>& steps) {
  std::vector<double> times;
  for (const int step : steps) {
    const auto found = std::lower_bound(theory.steps.begin(), theory.steps.end(), step);
    times.push_back(theory.time[static_cast<std::size_t>(found - theory.steps.begin())]);
  }
  return times;
}

}  // namespace

FigureScript series_script(const Outcome& outcome, const std::string& observable) {
  const ObservableInfo& info = observable_info(observable);
  const std::string symbol = with_greek(observable_symbol(observable));
  FigureScript script;
  script.name = observable;
  script.caption = fmt::format("{} {}: {}.", spaced(observable), symbol, info.definition);
  script.caption.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(script.caption.front())));
  Drawn drawn;
  for (std::size_t i = 0; i < outcome.theories.size(); ++i) {
    const Observables& theory = outcome.theories[i];
    const Series* series = find_series(theory, observable);
    if (series == nullptr) continue;
    const std::string block = fmt::format("theory{}", i);
    const char* colour = theory_lines[i % theory_lines.size()];
    script.data += series_block(block, theory.time, *series, 1);
    drawn.clauses.push_back(
        fmt::format("${} using 1:($2-$3):($2+$3) with filledcurves lc rgb '{}' fs transparent solid 0.25 "
                    "noborder notitle",
                    block, colour));
    drawn.clauses.push_back(fmt::format("${} using 1:2 with lines lw 2 lc rgb '{}' {}", block, colour,
                                        drawn.entry(plain(display_name(theory)) + " (band \u00b1 1 s.e.)")));
  }
  if (outcome.simulation) {
    add_simulation(script, drawn, *outcome.simulation, observable);
    if (leaves_unit_interval(*outcome.simulation, observable)) {
      script.caption += " Values outside [0, 1] come from the extrapolation in 1/N, which is not cut off.";
    }
  }
  script.commands =
      frame(script, outcome, drawn) +
      fmt::format("set xlabel {}\nset ylabel {}\n{}", time_label(outcome.problem),
                  quoted(spaced(observable) + ",  " + figure::symbol_of(observable)), time_range(outcome)) +
      plot_command(drawn.clauses);
  return script;
}

FigureScript agreement_script(const Outcome& outcome, const Observables& theory, const Comparison& comparison) {
  FigureScript script;
  script.name = outcome.theories.size() > 1 ? "agreement_" + theory.producer : "agreement";
  script.caption = fmt::format(
      "Gap between {} and simulation, relative to the largest value of each observable (above), and in standard errors "
      "(below); dashed: the threshold of the verdict, |z| = {:.2f}.",
      display_name(theory), comparison.threshold);
  script.width = 880;
  script.height = 640;
  std::vector<std::string> gaps;
  std::vector<std::string> deviations;
  std::size_t index = 0;
  for (const ObservableSummary& summary : comparison.summaries) {
    const std::string block = fmt::format("pairs{}", index);
    const char* colour = observable_lines[index % observable_lines.size()];
    std::vector<int> steps;
    std::vector<const Pair*> pairs;
    for (const Pair& pair : comparison.pairs) {
      if (pair.observable != summary.observable) continue;
      steps.push_back(pair.step);
      pairs.push_back(&pair);
    }
    const std::vector<double> times = times_of_steps(theory, steps);
    script.data += "$" + block + " << EOD\n";
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      script.data +=
          fmt::format("{} {} {}\n", number(times[i]), number(100.0 * pairs[i]->relative_gap), number(pairs[i]->z));
    }
    script.data += "EOD\n";
    const std::string style =
        fmt::format("with lines lw 1.6 lc rgb '{}' title {}", colour, quoted(spaced(summary.observable)));
    gaps.push_back(fmt::format("${} using 1:2 {}", block, style));
    deviations.push_back(fmt::format("${} using 1:3 with lines lw 1.6 lc rgb '{}' notitle", block, colour));
    ++index;
  }
  const std::string threshold = number(comparison.threshold);
  deviations.push_back(fmt::format("{} with lines dt 2 lw 1.5 lc rgb '#555555' notitle", threshold));
  deviations.push_back(fmt::format("-{} with lines dt 2 lw 1.5 lc rgb '#555555' notitle", threshold));
  script.commands = fmt::format(
      "set multiplot layout 2,1\nset title {} noenhanced font ',10'\nset xlabel ''\nset lmargin 11\nset rmargin "
      "26\nset key "
      "outside right center Left reverse\n"
      "set ylabel 'gap  [% of largest value]'\n",
      title(outcome.problem));
  script.commands += plot_command(gaps);
  script.commands +=
      "unset title\nunset key\nset xlabel " + time_label(outcome.problem) + "\nset ylabel 'z = gap / standard error'\n";
  script.commands +=
      "set yrange [*<" + number(-1.15 * comparison.threshold) + ":" + number(1.15 * comparison.threshold) + "<*]\n";
  script.commands += plot_command(deviations) + "unset multiplot\n";
  return script;
}

FigureScript minimiser_script(const Outcome& outcome, const Observables& theory, const Comparison& comparison) {
  FigureScript script{.name = "agreement_" + theory.producer,
                      .caption = fmt::format("Gap between {} and direct minimisation, relative to the value of each "
                                             "observable, with one standard error; grey: what the verdict allows.",
                                             display_name(theory)),
                      .data = "$gaps << EOD\n",
                      .commands = ""};
  std::string labels;
  for (std::size_t i = 0; i < comparison.pairs.size(); ++i) {
    const Pair& pair = comparison.pairs[i];
    const double difference = pair.theory - pair.simulation;
    const double scale = pair.relative_gap != 0.0 ? difference / pair.relative_gap : 1.0;
    const double error =
        std::sqrt(pair.theory_stderr * pair.theory_stderr + pair.simulation_stderr * pair.simulation_stderr) /
        std::fabs(scale);
    script.data += fmt::format("{} {} {} {}\n", i, number(100.0 * pair.relative_gap), number(100.0 * error),
                               number(100.0 * comparison.threshold * error));
    labels += fmt::format("{}{} {}", i == 0 ? "" : ", ", quoted(spaced(pair.observable)), i);
  }
  script.data += "EOD\n";
  script.commands = fmt::format(
      "set title {} noenhanced font ',10'\nset ylabel 'gap, % of the value'\nset xtics ({}) rotate by -20 font ',10'\n"
      "set xrange [-0.6:{}]\nset offsets 0, 0, graph 0.08, graph 0.08\nset key outside below center horizontal\n"
      "plot 0 with lines lw 1.2 lc rgb '#222222' notitle, $gaps using 1:(-$4):(0):(2*$4) with vectors nohead lw 9 lc "
      "rgb "
      "'#dddddd' title 'allowed at the stated false-alarm rate', $gaps using 1:2:3 with yerrorbars pt 7 ps 0.6 lw 1.6 "
      "lc rgb '#c8452d' title {}\n",
      title(outcome.problem), labels, number(static_cast<double>(comparison.pairs.size()) - 0.4),
      quoted("theory minus direct minimisation (bars \u00b1 1 s.e.)"));
  return script;
}

FigureScript two_time_script(const Outcome& outcome, const Observables& producer, const std::string& array,
                             bool causal) {
  const std::string symbol = array == "response" ? "R(t,t')" : array == "correlation" ? "C(t,t')" : "C_{12}(t,t')";
  FigureScript script;
  script.name = producer.producer + "_" + array;
  script.caption = fmt::format("{} {} of {}{}.",
                               array == "response"      ? "Response"
                               : array == "correlation" ? "Correlation"
                                                        : "Correlation of two replicas",
                               array == "replica_correlation" ? "C12(t,t')" : symbol, display_name(producer),
                               causal ? ", zero for t' \u2265 t (left blank)" : "");
  script.width = 620;
  script.height = 540;
  const std::vector<std::size_t> grid = uniform_grid(producer.time, std::min(producer.time.size(), most_pixels));
  script.data = matrix_block(producer.two_time.at(array).mean, grid, causal);
  const double first = producer.time.front();
  const double last = producer.time.back();
  const double width = (last - first) / static_cast<double>(grid.size() - 1);
  script.commands = fmt::format(
      "set title {} noenhanced font ',10'\nset xlabel \"time t' = k' dt\"\nset ylabel 'time t = k dt'\nset cblabel "
      "{}\nset size "
      "ratio 1\n"
      "unset key\nunset grid\nset xrange [{}:{}]\nset yrange [{}:{}]\n"
      "plot $map matrix using ({}+$1*{}):({}+$2*{}):3 with image\n",
      title(outcome.problem), quoted(spaced(array) + "  " + symbol), number(first - width / 2),
      number(last + width / 2), number(first - width / 2), number(last + width / 2), number(first), number(width),
      number(first), number(width));
  return script;
}

namespace {

// At most `most` of the curves, those after waiting times within the window first to last.
std::vector<FdtCurve> some_curves(const Observables& producer, std::size_t most) {
  std::vector<FdtCurve> curves;
  if (!producer.fluctuation_dissipation || producer.fluctuation_dissipation->correlation.size() < 2) return curves;
  const FluctuationDissipation& relation = *producer.fluctuation_dissipation;
  const auto& temperature = producer.effective_temperature;
  for (std::size_t w = 0; w < relation.waiting.size(); ++w) {
    const int waiting = relation.waiting[w];
    const bool known = temperature && temperature->temperature.available();
    const bool inside =
        known && waiting >= temperature->window.first_waiting && waiting <= temperature->window.last_waiting;
    if (inside || !known) curves.push_back(fdt_curve(relation, w));
  }
  const std::size_t stride = stride_for(curves.size(), most);
  std::vector<FdtCurve> some;
  for (std::size_t i = 0; i < curves.size(); i += stride) some.push_back(std::move(curves[i]));
  return some;
}

// Every lag, or with `thinned` ever fewer as they get longer, where the curve stands still.
std::string fdt_block(const std::string& name, const FdtCurve& curve, bool thinned) {
  std::string block = "$" + name + " << EOD\n";
  for (std::size_t i = 0; i < curve.steps.size(); i += thinned ? 1 + i / 4 : 1) {
    const auto row = static_cast<Eigen::Index>(i);
    block += fmt::format("{} {} {} {}\n", number(curve.relaxation.mean[row]),
                         number(curve.integrated_response.mean[row]), number(curve.relaxation.standard_error[row]),
                         number(curve.integrated_response.standard_error[row]));
  }
  return block + "EOD\n";
}

// "0.01484 +- 0.00007": as many decimals as the error has.
std::string temperature_text(const Estimate& temperature) {
  const double error = temperature.standard_error;
  const int decimals = error > 0.0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(error))), 0, 12) : 6;
  return fmt::format("{:.{}f} \u00b1 {:.{}f}", temperature.value, decimals, error, decimals);
}

void add_fdt_theory(FigureScript& script, Drawn& drawn, const Observables& theory) {
  std::size_t index = 0;
  for (const FdtCurve& curve : some_curves(theory, 4)) {
    const std::string block = fmt::format("fdt_theory{}", index);
    script.data += fdt_block(block, curve, false);
    drawn.clauses.push_back(
        fmt::format("${} using 1:2 with linespoints pt 6 ps 0.5 lw 1.2 lc rgb '{}' {}", block,
                    theory_lines[index % theory_lines.size()],
                    drawn.entry(fmt::format("{}, t_w = step {}", plain(display_name(theory)), curve.waiting))));
    ++index;
  }
  if (!theory.effective_temperature || !theory.effective_temperature->temperature.available()) return;
  const EffectiveTemperature& found = *theory.effective_temperature;
  drawn.clauses.push_back(fmt::format("{} + x/{} with lines dt 2 lw 2 lc rgb '#222222' {}", number(found.intercept),
                                      number(found.temperature.value),
                                      drawn.entry("fit, T_{eff} = " + temperature_text(found.temperature))));
}

void add_fdt_simulation(FigureScript& script, Drawn& drawn, const Observables& simulation) {
  const char* colour = "#d1495b";
  const auto& found = simulation.effective_temperature;
  const bool known = found && found->temperature.available();
  const std::string temperature = known ? ", T_{eff} = " + temperature_text(found->temperature) : "";
  std::size_t index = 0;
  for (const FdtCurve& curve : some_curves(simulation, 2)) {
    const std::string block = fmt::format("fdt_simulation{}", index);
    script.data += fdt_block(block, curve, true);
    drawn.clauses.push_back(
        fmt::format("${} using 1:2:3:4 with xyerrorbars pt 7 ps 0.4 lw 1.2 lc rgb '{}' {}", block, colour,
                    index > 0 ? "notitle" : drawn.entry("simulation, bars \u00b1 1 s.e." + temperature)));
    ++index;
  }
}

}  // namespace

FigureScript fdt_script(const Outcome& outcome) {
  FigureScript script;
  script.name = "fluctuation_dissipation";
  script.caption =
      "Integrated response against correlation after some waiting times; the inverse slope is the effective "
      "temperature.";
  Drawn drawn;
  for (const Observables& theory : outcome.theories) add_fdt_theory(script, drawn, theory);
  if (outcome.simulation) add_fdt_simulation(script, drawn, *outcome.simulation);
  script.height = 540;  // for a legend of several lines
  script.commands =
      frame(script, outcome, drawn) +
      "set xlabel '1 - C(t,t_w)/C(t_w,t_w)'\nset ylabel '{/Symbol c}(t,t_w)/C(t_w,t_w)'\n"
      "set xrange [*<0:*]\nset yrange [*<0:*]\nset offsets graph 0.02, graph 0.02, graph 0.05, graph 0.05\n" +
      plot_command(drawn.clauses);
  return script;
}

}  // namespace sgdyn::tools
