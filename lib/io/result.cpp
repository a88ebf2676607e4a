#include "sgdyn/io/result.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string_view>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn {
namespace {

using Json = nlohmann::ordered_json;

/// A number that must be finite unless the status admits a failure; `what` names it in the error.
bool usable(double value, Status status, const std::string& what) {
  if (std::isfinite(value)) return true;
  if (status == Status::ok) throw std::logic_error("result: " + what + " is not finite although the status is ok");
  return false;
}

Json number(double value, Status status, const std::string& what) {
  return usable(value, status, what) ? Json(value) : Json(nullptr);
}

Json numbers(std::span<const double> values, Status status, const std::string& what) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number(value, status, what));
  return list;
}

std::span<const double> view(const Eigen::VectorXd& vector) {
  return {vector.data(), static_cast<std::size_t>(vector.size())};
}

void require_shape(const Observables& observables, const Series& series, const std::string& name) {
  const auto count = static_cast<Eigen::Index>(observables.steps.size());
  if (series.mean.size() != count || series.standard_error.size() != count ||
      observables.time.size() != observables.steps.size()) {
    throw std::logic_error("result: the series \"" + name + "\" does not have one value per reported step");
  }
}

Json unavailable(const std::string& reason) { return {{"mean", nullptr}, {"stderr", nullptr}, {"reason", reason}}; }

Json to_json(const Observables& observables, const std::string& name) {
  const auto found = observables.series.find(name);
  if (found == observables.series.end())
    return unavailable("the " + observables.producer + " does not give this quantity");
  const Series& series = found->second;
  if (!series.available()) return unavailable(series.reason);
  require_shape(observables, series, name);
  return {{"mean", numbers(view(series.mean), observables.status, name)},
          {"stderr", numbers(view(series.standard_error), observables.status, name + " (standard error)")}};
}

Json to_json(const Estimate& estimate, Status status, const std::string& name) {
  if (!estimate.available()) return {{"value", nullptr}, {"stderr", nullptr}, {"reason", estimate.reason}};
  return {{"value", number(estimate.value, status, name)},
          {"stderr", number(estimate.standard_error, status, name + " (standard error)")}};
}

Json temperature_json(const Observables& observables) {
  const std::string name = "effective_temperature";
  if (!observables.effective_temperature) {
    return {{"value", nullptr},
            {"stderr", nullptr},
            {"window", nullptr},
            {"reason", "the " + observables.producer + " was not asked for it (observables.effective_temperature)"}};
  }
  const Estimate& temperature = observables.effective_temperature->temperature;
  const FdtWindow& window = observables.effective_temperature->window;
  Json block = to_json(temperature, observables.status, name);
  block["window"] = nullptr;
  if (temperature.available()) {
    block["window"] = {{"waiting", {window.first_waiting, window.last_waiting}},
                       {"lag", {window.shortest_lag, window.longest_lag}}};
  }
  return block;
}

Json stop_json(const Observables& observables) {
  Json block{{"threshold", stopping_threshold}};
  for (const StopQuantity& quantity : stop_quantities()) {
    const std::string name(quantity.name);
    const auto found = observables.at_stop.find(name);
    if (found != observables.at_stop.end()) block[name] = to_json(found->second, observables.status, name);
  }
  return block;
}

void add_series(Json& document, const Observables& observables) {
  for (const std::string& name : series_names(observables)) document[name] = to_json(observables, name);
  document["effective_temperature"] = temperature_json(observables);
  if (!observables.at_stop.empty()) document["at_stop"] = stop_json(observables);
}

/// A setting is kept as text: here it becomes a number, true or false again where it is one.
Json scalar(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  return value.is_number() || value.is_boolean() ? value : Json(text);
}

/// The same for "16, 32", a list of numbers.
Json setting_value(const std::string& text) {
  constexpr std::string_view separator = ", ";
  Json list = Json::array();
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    list.push_back(scalar(text.substr(start, end - start)));
    start = end + separator.size();
  }
  if (list.size() == 1) return list.front();
  const bool all_numbers = std::all_of(list.begin(), list.end(), [](const Json& item) { return item.is_number(); });
  return all_numbers ? list : Json(text);
}

Json to_json(const LearningRate& rate) {
  if (rate.constant()) return rate.at(0);
  Json table{{"schedule", rate.schedule}};
  for (const ParameterInfo& info : find_schedule(rate.schedule).parameters) {
    table[std::string(info.key)] = rate.parameters.at(std::string(info.key));
  }
  if (!rate.steps.empty()) table["steps"] = rate.steps;
  if (!rate.values.empty()) table["values"] = rate.values;
  return table;
}

void add_parameters(Json& table, const Component& component, std::span<const ComponentInfo> known,
                    const std::string& key) {
  const ComponentInfo& found = find_component(known, component.name, key);
  for (const ParameterInfo& info : found.parameters) {
    table[std::string(info.key)] = component.parameters.at(std::string(info.key));
  }
  for (const TextInfo& info : found.texts) table[std::string(info.key)] = component.texts.find(info.key)->second;
}

void add_rows(std::string& text, const Observables& observables) {
  const auto field = [&](double value, const std::string& name) {
    return usable(value, observables.status, name) ? shortest(value) : std::string();
  };
  for (const std::string& name : series_names(observables)) {
    const auto found = observables.series.find(name);
    if (found == observables.series.end() || !found->second.available()) continue;
    const Series& series = found->second;
    require_shape(observables, series, name);
    for (std::size_t i = 0; i < observables.steps.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      text += observables.producer + "," + name + "," + std::to_string(observables.steps[i]) + "," +
              field(observables.time[i], "time") + "," + field(series.mean[row], name) + "," +
              field(series.standard_error[row], name + " (standard error)") + "," +
              (observables.dimension > 0 ? std::to_string(observables.dimension) : "inf") + "\n";
    }
  }
  for (const Observables& size : observables.sizes) add_rows(text, size);
}

}  // namespace

namespace {

// A theory's number is exact and stands alone; what was measured has an error.
Json minimiser_value(const Series& series, const Observables& observables, const std::string& name) {
  if (observables.runs == 0) {
    return series.available() ? number(series.mean[0], observables.status, name) : Json(nullptr);
  }
  if (!series.available()) return unavailable(series.reason);
  return {{"mean", number(series.mean[0], observables.status, name)},
          {"stderr", number(series.standard_error[0], observables.status, name + " (standard error)")}};
}

void add_minimiser(Json& document, const Observables& observables) {
  Json reasons = Json::object();
  const auto explain = [&](const std::string& name, const std::string& reason) {
    if (!reason.empty()) reasons[name] = reason;
  };
  for (const std::string& name : series_names(observables)) {
    const auto found = observables.series.find(name);
    if (found == observables.series.end()) continue;
    if (found->second.available()) require_shape(observables, found->second, name);
    document[name] = minimiser_value(found->second, observables, name);
    explain(name, found->second.reason);
  }
  for (const auto& [name, estimate] : observables.numbers) {
    document[name] = estimate.available() ? number(estimate.value, observables.status, name) : Json(nullptr);
    if (name == "iterations") document[name] = static_cast<long>(estimate.value);  // a count
    explain(name, estimate.reason);
  }
  if (!reasons.empty()) document["reasons"] = reasons;
}

}  // namespace

nlohmann::ordered_json to_json(const Observables& observables) {
  const Status status = observables.status;
  Json document;
  document["status"] = to_string(status);
  document["message"] = observables.message;
  // No number stands for N -> infinity.
  document["dimension"] = observables.dimension > 0 ? Json(observables.dimension) : Json(nullptr);
  document["extrapolated"] = !observables.sizes.empty();
  document["runs"] = observables.runs;
  if (observables.of_minimiser) {
    add_minimiser(document, observables);
  } else {
    document["steps"] = observables.steps;
    document["time"] = numbers(observables.time, status, "time");
    add_series(document, observables);
  }
  document["settings"] = Json::object();
  for (const auto& [key, value] : observables.settings) document["settings"][key] = setting_value(value);
  document["assumptions"] = observables.assumptions;
  document["diagnostics"] = Json::object();
  for (const auto& [key, value] : observables.diagnostics) document["diagnostics"][key] = number(value, status, key);
  if (!observables.sizes.empty()) {
    document["sizes"] = Json::array();
    for (const Observables& size : observables.sizes) document["sizes"].push_back(to_json(size));
  }
  return document;
}

nlohmann::ordered_json to_json(const Problem& problem) {
  const Problem full = validated(problem);
  Json data{{"model", full.data.model.name}, {"alpha", full.data.alpha}, {"noise", full.data.noise}};
  add_parameters(data, full.data.model, known_data_models(), "data.model");

  Json loss{{"name", full.loss.loss.name}};
  add_parameters(loss, full.loss.loss, known_losses(), "loss.name");
  loss["ridge"] = full.loss.ridge;
  loss["intercept"] = intercept_kinds()[static_cast<std::size_t>(full.loss.intercept)];
  if (full.question == Question::separability) {
    data.erase("alpha");
    return {{"data", std::move(data)}, {"loss", {{"intercept", loss["intercept"]}}}};
  }
  if (full.question == Question::minimiser) return {{"data", std::move(data)}, {"loss", std::move(loss)}};

  Json algorithm{{"name", full.algorithm.sampling.name}, {"learning_rate", to_json(full.algorithm.learning_rate)}};
  add_parameters(algorithm, full.algorithm.sampling, known_sampling_schemes(), "algorithm.name");
  algorithm["momentum"] = full.algorithm.momentum;
  if (full.algorithm.momentum > 0.0) {
    algorithm["momentum_kind"] = momentum_kinds()[static_cast<std::size_t>(full.algorithm.momentum_kind)];
  }
  algorithm["steps"] = full.algorithm.steps;

  const std::vector<int>& times = full.observables.times;
  Json document;
  document["data"] = std::move(data);
  document["loss"] = std::move(loss);
  document["algorithm"] = std::move(algorithm);
  document["initial"] = {{"variance", full.initial.variance}, {"overlap", full.initial.overlap}};
  document["observables"] = {{"replicas", full.observables.replicas},
                             {"times", times.empty() ? Json("all") : Json(times)}};
  if (!full.observables.response.empty()) document["observables"]["response"] = full.observables.response;
  if (full.observables.effective_temperature) document["observables"]["effective_temperature"] = true;
  return document;
}

std::string series_csv(const std::vector<const Observables*>& producers) {
  std::string text = "producer,observable,step,time,mean,stderr,dimension\n";
  for (const Observables* producer : producers) add_rows(text, *producer);
  return text;
}

}  // namespace sgdyn
