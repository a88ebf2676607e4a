// Which components exist and which keys each understands: read by the problem reader, the help texts and the tests.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/core/problem.hpp"

namespace sgdyn {

struct ComponentInfo {
  std::string_view name;
  std::span<const ParameterInfo> parameters;
  std::span<const TextInfo> texts{};
  std::optional<double> default_noise{};  ///< Delta where the problem file gives none; data models only
};

[[nodiscard]] std::span<const ComponentInfo> known_losses();
[[nodiscard]] std::span<const ComponentInfo> known_data_models();
[[nodiscard]] std::span<const ComponentInfo> known_sampling_schemes();

/// @throws InputError("<table>.name" style key, ...) naming the nearest component.
[[nodiscard]] const ComponentInfo& find_component(std::span<const ComponentInfo> known, const std::string& name,
                                                  const std::string& key);

/// Checks the whole problem, common keys and component parameters, and returns it with every default filled in.
/// @throws InputError naming the dotted key.
[[nodiscard]] Problem validated(const Problem& problem);

}  // namespace sgdyn
