#include "sgdyn/validation/figure/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/validation/figure/fdt.hpp"
#include "sgdyn/validation/figure/observed.hpp"

namespace sgdyn::figure {
namespace {

std::vector<std::string> stop_words() {
  std::vector<std::string> names;
  for (const StopQuantity& quantity : stop_quantities()) names.emplace_back(quantity.name);
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

int count_of(const std::string& word, const std::string& text) {
  const double value = number(word, text);
  if (value >= 2.0 && value <= max_steps && value == std::floor(value)) return static_cast<int>(value);
  throw InputError("quantity", fmt::format("\"{}\" in \"{}\" is no number of steps; allowed is an integer from 2 to {}",
                                           word, text, max_steps));
}

// Where a run broke off, its last step is not the end.
std::string why_not_at_end(const Observables& observables) {
  if (observables.status == Status::ok) return "";
  return observables.message.empty() ? std::string(explain(observables.status)) : observables.message;
}

Measured final_value(const Observables& observables, const std::string& name) {
  const std::string reason = why_not_at_end(observables);
  return reason.empty() ? series_at(observables, name, observables.steps.size() - 1) : Measured::unavailable(reason);
}

Measured value_near(const Observables& observables, const std::string& name, double time) {
  const std::string reason = why_outside(observables, time);
  if (!reason.empty()) return Measured::unavailable(reason);
  const auto nearest = std::min_element(observables.time.begin(), observables.time.end(), [time](double a, double b) {
    return std::fabs(a - time) < std::fabs(b - time);
  });
  return series_at(observables, name, static_cast<std::size_t>(nearest - observables.time.begin()));
}

// The replicates are those of the relation, which is that of the largest N alone.
Measured temperature(const Observables& observables) {
  if (!observables.effective_temperature) return Measured::unavailable("the response was not measured");
  const auto& relation = observables.fluctuation_dissipation;
  return measured(observables.effective_temperature->temperature,
                  relation ? static_cast<double>(relation->correlation.size()) - 1.0 : 1.0);
}

Measured secant(const Observables& observables) {
  const std::string reason = why_not_at_end(observables);
  if (!reason.empty()) return Measured::unavailable(reason);
  return secant_temperature(observables, waiting_near(observables, 0.5 * observables.time.back()));
}

Measured last_slope_near(const Observables& observables, double waiting, int count) {
  const std::string reason = why_outside(observables, waiting);
  if (!reason.empty()) return Measured::unavailable(reason);
  return last_slope(observables, waiting_near(observables, waiting), count);
}

// At one of the windows of local_temperatures(), whose ends are known to half a step.
Measured local_temperature(const Observables& observables, double lag) {
  const std::vector<LocalTemperature> all = local_temperatures(observables);
  if (all.empty()) return Measured::unavailable("no fluctuation-dissipation relation was measured");
  const double half_step = 0.5 * all.front().from;  // the first window begins at a lag of one step
  if (lag < all.front().from - half_step || lag > all.back().to + half_step) {
    return Measured::unavailable(
        fmt::format("the slope is known at lags from {:g} to {:g}", all.front().from, all.back().to));
  }
  const auto nearest =
      std::min_element(all.begin(), all.end(), [lag](const LocalTemperature& a, const LocalTemperature& b) {
        return std::fabs(std::log(a.lag() / lag)) < std::fabs(std::log(b.lag() / lag));
      });
  return nearest->temperature;
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

const std::vector<std::string>& observable_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const ObservableInfo& info : observable_catalogue()) all.emplace_back(info.name);
    return all;
  }();
  return names;
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
    result.name = known(words[1], observable_names());
  } else if (words.size() == 2 && first == "stop") {
    result.kind = Kind::at_stop;
    result.name = known(words[1], stop_words());
  } else if (words.size() == 4 && first == "last_slope" && words[2] == "at") {
    result.kind = Kind::last_slope;
    result.count = count_of(words[1], text);
    result.time = number(words[3], text);
  } else if (words.size() == 3 && words[1] == "at") {
    result.kind = first == "local_temperature" ? Kind::local_temperature : Kind::value_at;
    if (result.kind == Kind::value_at) result.name = known(first, observable_names());
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
    case Kind::secant: return secant(observables);
    case Kind::last_slope: return last_slope_near(observables, time, count);
    case Kind::local_temperature: return local_temperature(observables, time);
    case Kind::final_value: return final_value(observables, name);
    case Kind::value_at: return value_near(observables, name, time);
    case Kind::at_stop: break;
  }
  return stop_value(observables, name);
}

}  // namespace sgdyn::figure
