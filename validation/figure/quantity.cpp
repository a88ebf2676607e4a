#include "sgdyn/validation/figure/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <utility>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/validation/figure/fdt.hpp"

namespace sgdyn::figure {
namespace {

const std::vector<std::string>& observable_words() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const ObservableInfo& info : observable_catalogue()) all.emplace_back(info.name);
    return all;
  }();
  return names;
}

const std::vector<std::string>& stop_words() {
  static const std::vector<std::string> names{"step", "distance", "support_fraction", "converged_fraction"};
  return names;
}

std::string known(const std::string& name, const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), name) != names.end()) return name;
  throw InputError("quantity", "\"" + name + "\" is not known" + did_you_mean(name, names) + "; allowed is one of " +
                                   fmt::format("{}", fmt::join(names, ", ")));
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

double number(const std::string& word, const std::string& text) {
  std::istringstream stream(word);
  double value = 0.0;
  if (stream >> value && stream.eof() && std::isfinite(value) && value >= 0.0) return value;
  throw InputError("quantity", "\"" + word + "\" in \"" + text + "\" is no time; allowed is a number of at least 0");
}

Measured measured(const Estimate& estimate, int degrees) {
  if (!estimate.available()) return Measured::unavailable(estimate.reason);
  if (!std::isfinite(estimate.value) || !std::isfinite(estimate.standard_error)) {
    return Measured::unavailable("not finite");
  }
  return {.value = estimate.value, .error = estimate.standard_error, .degrees = std::max(1, degrees), .reason = {}};
}

Measured of_series(const Observables& observables, const std::string& name, std::size_t step) {
  const auto found = observables.series.find(name);
  if (found == observables.series.end()) return Measured::unavailable("not produced");
  const Series& series = found->second;
  if (!series.available()) return Measured::unavailable(series.reason);
  const auto at = static_cast<Eigen::Index>(step);
  return measured({series.mean[at], series.standard_error[at], ""}, observables.runs - 1);
}

std::size_t step_near(const Observables& observables, double time) {
  const auto nearest = std::min_element(observables.time.begin(), observables.time.end(), [time](double a, double b) {
    return std::fabs(a - time) < std::fabs(b - time);
  });
  return static_cast<std::size_t>(nearest - observables.time.begin());
}

Measured temperature(const Observables& observables) {
  if (!observables.effective_temperature) return Measured::unavailable("the response was not measured");
  return measured(observables.effective_temperature->temperature, observables.runs - 1);
}

// At one of the windows of local_temperatures().
Measured local_temperature(const Observables& observables, double lag) {
  const std::vector<Dot> all = local_temperatures(observables);
  if (all.empty()) return Measured::unavailable("no fluctuation-dissipation relation was measured");
  const auto nearest = std::min_element(all.begin(), all.end(), [lag](const Dot& a, const Dot& b) {
    return std::fabs(std::log(a.x / lag)) < std::fabs(std::log(b.x / lag));
  });
  return {.value = nearest->y, .error = nearest->y_error, .degrees = std::max(1, observables.runs - 1), .reason = {}};
}

Measured at_stop(const Observables& observables, const std::string& name) {
  const auto found = observables.at_stop.find(name);
  if (found == observables.at_stop.end()) return Measured::unavailable("not produced");
  return measured(found->second, observables.runs - 1);
}

}  // namespace

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string symbol_of(const std::string& observable) {
  std::string symbol = with_greek(observable_symbol(observable));
  const auto place = symbol.find('_');
  return place == std::string::npos ? symbol : symbol.substr(0, place + 1) + "{" + symbol.substr(place + 1) + "}";
}

Measured Measured::unavailable(std::string reason) {
  Measured result;
  result.reason = std::move(reason);
  return result;
}

Quantity Quantity::parse(const std::string& text) {
  const std::vector<std::string> words = words_of(text);
  Quantity result;
  result.text = text;
  const std::string first = words.empty() ? "" : words.front();
  if (words.size() == 1 && first == "effective_temperature") {
    result.kind = Kind::temperature;
  } else if (words.size() == 1 && first == "secant_temperature") {
    result.kind = Kind::secant;
  } else if (words.size() == 2 && first == "final") {
    result.name = known(words[1], observable_words());
  } else if (words.size() == 2 && first == "stop") {
    result.kind = Kind::at_stop;
    result.name = known(words[1], stop_words());
  } else if (words.size() == 4 && first == "last_slope" && words[2] == "at") {
    result.kind = Kind::last_slope;
    result.count = std::max(2, static_cast<int>(std::min(number(words[1], text), 1e6)));
    result.time = number(words[3], text);
  } else if (words.size() == 3 && words[1] == "at") {
    result.kind = first == "local_temperature" ? Kind::local_temperature : Kind::value_at;
    if (result.kind == Kind::value_at) result.name = known(first, observable_words());
    result.time = number(words[2], text);
  } else {
    throw InputError("quantity",
                     "\"" + text +
                         "\" is not known; allowed is effective_temperature, secant_temperature, \"last_slope "
                         "N at T\", \"local_temperature at T\", \"final NAME\", \"NAME at T\" or \"stop NAME\"");
  }
  return result;
}

std::string Quantity::symbol() const {
  switch (kind) {
    case Kind::temperature: return "T_{eff}";
    case Kind::secant: return "(1-C/C_w) / (\u03c7/C_w)";
    case Kind::last_slope: return fmt::format("T of the last {} steps, t_w = {}", count, shortest(time));
    case Kind::local_temperature: return fmt::format("T(lag {})", shortest(time));
    case Kind::final_value: return symbol_of(name) + " at the end";
    case Kind::value_at: return symbol_of(name) + " at t = " + shortest(time);
    case Kind::at_stop: break;
  }
  if (name == "distance") return "d_0";
  if (name == "support_fraction") return "c_0";
  return name == "step" ? "step of the stop" : "fraction of runs that stop";
}

Measured Quantity::of(const Observables& observables) const {
  if (observables.steps.empty()) return Measured::unavailable("no step was computed");
  switch (kind) {
    case Kind::temperature: return temperature(observables);
    case Kind::secant: return secant_temperature(observables, waiting_near(observables, 0.5 * observables.time.back()));
    case Kind::last_slope: return last_slope(observables, waiting_near(observables, time), count);
    case Kind::local_temperature: return local_temperature(observables, time);
    case Kind::final_value: return of_series(observables, name, observables.steps.size() - 1);
    case Kind::value_at: return of_series(observables, name, step_near(observables, time));
    case Kind::at_stop: break;
  }
  return at_stop(observables, name);
}

}  // namespace sgdyn::figure
