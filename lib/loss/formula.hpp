#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/symbolic/real_function.hpp"
#include "sgdyn/symbolic/syntax.hpp"

namespace sgdyn::losses {

/// The loss a user writes as a formula in h.
class Formula {
 public:
  static constexpr std::string_view name = "formula";
  static std::span<const ParameterInfo> parameters() { return {}; }
  static std::span<const TextInfo> texts() {
    static constexpr std::array<TextInfo, 1> declared{
        {{"formula", "the loss as a function of the margin h", "log(1+exp(-h))", canonical}}};
    return declared;
  }

  /// @throws InputError("loss.formula") for a formula that cannot be read, jumps, or is not finite somewhere.
  explicit Formula(const Texts& given)
      : text_(given.at("formula")), function_(text_, std::string(variable), std::string(key)) {}

  [[nodiscard]] std::string_view formula() const { return text_; }
  [[nodiscard]] bool smooth() const { return function_.shape().smooth; }
  [[nodiscard]] bool convex() const { return function_.shape().convex; }
  [[nodiscard]] std::optional<double> margin() const { return function_.shape().flat_beyond; }
  [[nodiscard]] std::span<const double> breaks() const { return function_.shape().breaks; }

  void value(std::span<const double> h, std::span<double> out) const { function_.value(h, out); }
  void d1(std::span<const double> h, std::span<double> out) const { function_.d1(h, out); }
  void d2(std::span<const double> h, std::span<double> out) const { function_.d2(h, out); }

 private:
  static constexpr std::string_view variable = "h";
  static constexpr std::string_view key = "loss.formula";

  static std::string canonical(const std::string& text) {
    const std::string margin(variable);
    return symbolic::canonical_text(symbolic::parse(text, {&margin, 1}, std::string(key)));
  }

  std::string text_;
  symbolic::RealFunction function_;
};

}  // namespace sgdyn::losses
