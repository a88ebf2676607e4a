// Every registered component with parameters spread over its declared ranges: what the law tests iterate over.
#pragma once

#include <algorithm>
#include <cctype>
#include <cmath>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/catalogue.hpp"

namespace sgdyn {

// GoogleTest prints parameters with this.
inline void PrintTo(const Component& component, std::ostream* out) {
  *out << component.name;
  for (const auto& [key, value] : component.parameters) *out << " " << key << "=" << shortest(value);
  for (const auto& [key, text] : component.texts) *out << " " << key << "=" << text;
}

namespace testing_support {

/// Values inside `range`: the closed ends, close to the open ones, and between. One over an integer is among them.
inline std::vector<double> spread(const Range& range) {
  std::vector<double> values;
  if (std::isfinite(range.low) && std::isfinite(range.high)) {
    const double width = range.high - range.low;
    for (const double part : {0.0, 0.02, 0.1, 0.25, 0.37, 0.5, 0.8, 0.97, 1.0})
      values.push_back(range.low + part * width);
  } else {
    for (const double value : {-30.0, -1.0, -0.5, 0.0, 0.05, 0.3, 1.0, 1.7, 40.0}) values.push_back(value);
  }
  std::erase_if(values, [&](double value) { return !range.contains(value); });
  return values;
}

/// The examples the component declares for its texts.
inline Texts example_texts(const ComponentInfo& info) {
  Texts texts;
  for (const TextInfo& text : info.texts) texts.emplace(text.key, text.example);
  return texts;
}

/// Every combination of the values of up to two parameters. Of more, a few times as many sets as the longest list has
/// values, in which every value of every parameter occurs, with changing partners.
inline std::vector<Component> combinations(const ComponentInfo& info) {
  std::vector<std::vector<double>> values;
  std::size_t longest = 1;
  std::size_t product = 1;
  for (const ParameterInfo& parameter : info.parameters) {
    values.push_back(spread(parameter.range));
    longest = std::max(longest, values.back().size());
    product *= values.back().size();
  }
  constexpr std::size_t rounds = 5;
  const bool all = values.size() <= 2;
  std::vector<Component> result;
  for (std::size_t i = 0; i < (all ? product : rounds * longest); ++i) {
    Component component{.name = std::string(info.name), .parameters = {}, .texts = example_texts(info)};
    std::size_t rest = i;
    for (std::size_t j = 0; j < values.size(); ++j) {
      const std::size_t count = values[j].size();
      const std::size_t chosen = all ? rest % count : (i + j * (i / longest)) % count;
      rest /= count;
      component.parameters.emplace(info.parameters[j].key, values[j][chosen]);
    }
    result.push_back(component);
  }
  return result;
}

/// The combinations of all components in `known` that `make` accepts.
template <class Make>
std::vector<Component> accepted(std::span<const ComponentInfo> known, Make make) {
  std::vector<Component> result;
  for (const ComponentInfo& info : known) {
    for (const Component& candidate : combinations(info)) {
      try {
        (void)make(candidate);
        result.push_back(candidate);
      } catch (const InputError&) {  // a constraint between parameters; tests of refusals look at these
      }
    }
  }
  return result;
}

/// "persistent_sgd_batch_0_3_persistence_1": a name GoogleTest accepts.
inline std::string test_name(const Component& component) {
  std::string text = component.name;
  for (const auto& [key, value] : component.parameters) text += "_" + key + "_" + shortest(value);
  for (const auto& [key, value] : component.texts) text += "_" + value;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::isalnum(c) != 0 ? static_cast<char>(c) : '_'; });
  return text;
}

}  // namespace testing_support
}  // namespace sgdyn
