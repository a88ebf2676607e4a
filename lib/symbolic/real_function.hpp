// A function of one variable given by a formula: value and two derivatives in blocks, and its shape.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sgdyn/symbolic/program.hpp"
#include "sgdyn/symbolic/shape.hpp"

namespace sgdyn::symbolic {

/// Immutable: any number of threads may evaluate it.
class RealFunction {
 public:
  /// `formula` in `variable`. @throws InputError(key): a formula that does not parse (with a caret), does not depend on
  /// the variable, jumps, or has no finite value and slope somewhere (naming where).
  RealFunction(std::string_view formula, const std::string& variable, const std::string& key);

  /// Arrays of equal length, may be the same array. At a kink the derivatives are those of one side.
  void value(std::span<const double> x, std::span<double> out) const { evaluate(value_, x, out); }
  void d1(std::span<const double> x, std::span<double> out) const { evaluate(d1_, x, out); }
  void d2(std::span<const double> x, std::span<double> out) const { evaluate(d2_, x, out); }

  [[nodiscard]] const Shape& shape() const { return shape_; }

 private:
  struct Parts;
  explicit RealFunction(const Parts& parts);

  static Parts analysed(std::string_view formula, const std::string& variable, const std::string& key);
  static void evaluate(const Program& program, std::span<const double> x, std::span<double> out);

  Program value_;
  Program d1_;
  Program d2_;
  Shape shape_;
};

}  // namespace sgdyn::symbolic
