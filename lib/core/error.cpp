#include "sgdyn/core/error.hpp"

#include <utility>

namespace sgdyn {
namespace {

std::string sentence(const std::string& key, const std::string& message) {
  return key.empty() ? message : key + ": " + message;
}

}  // namespace

InputError::InputError(std::string key, const std::string& message)
    : std::invalid_argument(sentence(key, message)), key_(std::move(key)), message_(message) {}

InputError::InputError(std::string key, std::string message, const std::string& place)
    : std::invalid_argument(place + ": " + sentence(key, message)),
      key_(std::move(key)),
      message_(std::move(message)),
      placed_(true) {}

InputError InputError::at(const std::string& place) const { return {key_, message_, place}; }

NotApplicable::NotApplicable(const std::string& theory, const std::string& violated_assumption)
    : std::runtime_error(theory + " does not apply: " + violated_assumption), reason_(violated_assumption) {}

}  // namespace sgdyn
