#include "sgdyn/core/parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <vector>

#include "sgdyn/core/error.hpp"

namespace sgdyn {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above + 1, row[j - 1] + 1, substitute});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

bool Range::contains(double value) const {
  if (!std::isfinite(value)) return false;
  const bool above = low_open ? value > low : value >= low;
  const bool below = high_open ? value < high : value <= high;
  return above && below;
}

std::string Range::describe(std::string_view name) const {
  std::string text(name);
  if (std::isfinite(low)) text = shortest(low) + (low_open ? " < " : " <= ") + text;
  if (std::isfinite(high)) text += (high_open ? " < " : " <= ") + shortest(high);
  return text == name ? "a finite number" : text;
}

Parameters complete(const Parameters& given, std::span<const ParameterInfo> declared, const std::string& table,
                    const std::string& component) {
  Parameters result;
  for (const ParameterInfo& info : declared) {
    const std::string key = table + "." + std::string(info.key);
    const auto found = given.find(info.key);
    if (found == given.end()) {
      if (!info.default_value) {
        throw InputError(key, "missing; \"" + component + "\" needs it (" + std::string(info.description) +
                                  "), allowed is " + info.range.describe(info.key));
      }
      result.emplace(info.key, *info.default_value);
      continue;
    }
    if (!info.range.contains(found->second)) {
      throw InputError(key, shortest(found->second) + " is out of range; allowed is " + info.range.describe(info.key));
    }
    result.emplace(info.key, found->second);
  }
  std::vector<std::string> known;
  for (const ParameterInfo& info : declared) known.emplace_back(info.key);
  for (const auto& [key, value] : given) {
    if (!result.contains(key)) {
      throw InputError(table + "." + key, "does not apply to \"" + component + "\"" + did_you_mean(key, known));
    }
  }
  return result;
}

std::string shortest(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return error == std::errc() ? std::string(buffer.data(), end) : std::to_string(value);
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string guess = nearest(word, candidates);
  return guess.empty() ? "" : " (did you mean \"" + guess + "\"?)";
}

}  // namespace sgdyn
