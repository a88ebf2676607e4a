// Named numbers with a range, and named texts: how a loss, data model or sampling scheme declares its keys of the
// problem file.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sgdyn {

/// An interval of allowed values; open ends exclude the bound itself.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = true;
  bool high_open = true;

  [[nodiscard]] bool contains(double value) const;  ///< false for NaN and for infinities
  /// "0 < batch <= 1", with the given name in the middle; "a finite number" when unbounded.
  [[nodiscard]] std::string describe(std::string_view name) const;

  static constexpr Range positive() { return {.low = 0.0}; }
  static constexpr Range non_negative() { return {.low = 0.0, .low_open = false}; }
  static constexpr Range open(double a, double b) { return {.low = a, .high = b}; }
};

/// One key a component understands.
struct ParameterInfo {
  std::string_view key;          ///< as in the problem file
  std::string_view description;  ///< with the paper's symbol
  Range range;
  std::optional<double> default_value;  ///< none: the key is required
};

/// One key whose value is text; always required.
struct TextInfo {
  std::string_view key;          ///< as in the problem file
  std::string_view description;  ///< with the paper's symbol
  std::string_view example;      ///< a value that is allowed
  /// One text for everything that means the same, for the hash of the problem. @throws InputError
  std::string (*canonical)(const std::string& text);
};

using Parameters = std::map<std::string, double, std::less<>>;
using Texts = std::map<std::string, std::string, std::less<>>;

/// A component chosen by name with its parameters: {"squared-hinge", {{"margin", 1.0}}}.
struct Component {
  std::string name;
  Parameters parameters;
  Texts texts{};  ///< as the user wrote them

  friend bool operator==(const Component&, const Component&) = default;
};

/// Checks `given` against the declaration and fills in defaults.
/// @throws InputError naming `table`.key for a missing, unknown or out-of-range value.
[[nodiscard]] Parameters complete(const Parameters& given, std::span<const ParameterInfo> declared,
                                  const std::string& table, const std::string& component);

/// Checks that exactly the declared texts are given. @throws InputError naming `table`.key
void require_texts(const Texts& given, std::span<const TextInfo> declared, const std::string& table,
                   const std::string& component);

/// Shortest text that reads back to the same double ("0.1", "1e-08").
[[nodiscard]] std::string shortest(double value);

/// The candidate `word` is a symbol of (lib/notation.md: "tau" of "persistence"), or that with the smallest edit
/// distance to it; empty when none is near.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// " (did you mean \"batch\"?)" or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace sgdyn
