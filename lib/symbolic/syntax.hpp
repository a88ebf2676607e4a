// The formula as it was written: a tree of operators, functions, numbers and variables, before any simplification.
//
//   expression = term { (+|-) term }              term  = unary { (*|/) unary }
//   unary      = (-|+) unary | power              power = primary [ (^|**) unary ]
//   primary    = number | variable | pi | e | ( expression ) | function ( argument { , argument } )
//
// So -h^2 is -(h^2), and 2^3^2 is 2^(3^2). A comparison (< <= > >=) is the condition of `piecewise` and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sgdyn::symbolic {

enum class Function : std::uint8_t {
  absolute,
  cosine,
  erf,
  erfc,
  exp,
  expm1,
  log,
  log1p,
  maximum,
  minimum,
  piecewise,
  sigmoid,
  sign,
  sine,
  softplus,
  square_root,
  step,
  tanh
};

enum class SyntaxKind : std::uint8_t {
  number,
  variable,
  call,
  negate,
  add,
  subtract,
  multiply,
  divide,
  power,
  less,
  less_equal,
  greater,
  greater_equal
};

[[nodiscard]] constexpr bool is_comparison(SyntaxKind kind) { return kind >= SyntaxKind::less; }

struct SyntaxNode {
  SyntaxKind kind = SyntaxKind::number;
  std::size_t position = 0;  ///< byte of the formula: of the operator, or where a function, number, variable begins
  double number = 0.0;       ///< of a number; pi and e are numbers
  std::size_t variable = 0;  ///< index in the list of variables
  Function function = Function::exp;
  std::vector<std::size_t> operands;  ///< indices of earlier nodes
};

struct SyntaxTree {
  std::string text;
  std::vector<std::string> variables;
  std::vector<SyntaxNode> nodes;  ///< operands come before their node; the last one is the whole formula
};

/// Limits that keep every formula harmless.
inline constexpr std::size_t max_formula_length = 2000;
inline constexpr int max_nesting = 100;

/// @throws InputError(key) with a caret for anything that is not a formula of `variables`.
[[nodiscard]] SyntaxTree parse(std::string_view text, std::span<const std::string> variables, const std::string& key);

/// One text for all spellings of one tree (blanks, superfluous parentheses, ** and ^, ln and log, 1.0 and 1): operators
/// and functions in front of their operands.
[[nodiscard]] std::string canonical_text(const SyntaxTree& tree);

}  // namespace sgdyn::symbolic
