#include "sgdyn/symbolic/real_function.hpp"

#include "sgdyn/core/error.hpp"
#include "sgdyn/symbolic/derivative.hpp"
#include "sgdyn/symbolic/formula_error.hpp"
#include "sgdyn/symbolic/lower.hpp"
#include "sgdyn/symbolic/syntax.hpp"

namespace sgdyn::symbolic {

struct RealFunction::Parts {
  Graph graph;
  FunctionOfOne function;
  Shape shape;
};

RealFunction::Parts RealFunction::analysed(std::string_view formula, const std::string& variable,
                                           const std::string& key) {
  const SyntaxTree tree = parse(formula, {&variable, 1}, key);
  Parts parts;
  parts.function.variable = variable;
  parts.function.text = formula;
  const std::string given = " (given: " + quoted(formula) + ")";
  parts.function.value = lower(tree, parts.graph, key);
  if (parts.graph.is_constant(parts.function.value)) {
    throw InputError(key, "the formula does not depend on " + variable + "; allowed is a function of it" + given);
  }
  try {
    parts.function.d1 = derivative(parts.graph, parts.function.value, 0);
    parts.function.d2 = derivative(parts.graph, parts.function.d1, 0);
    parts.shape = examine(parts.graph, parts.function, key);
  } catch (const NotFinite&) {
    throw InputError(key, "a derivative of the formula has a factor beyond 1e308; allowed are smaller numbers" + given);
  } catch (const TooLarge&) {
    throw InputError(key, "the derivatives of the formula are too complicated; allowed is a shorter formula" + given);
  }
  return parts;
}

RealFunction::RealFunction(std::string_view formula, const std::string& variable, const std::string& key)
    : RealFunction(analysed(formula, variable, key)) {}

RealFunction::RealFunction(const Parts& parts)
    : value_(parts.graph, {&parts.function.value, 1}, 1),
      d1_(parts.graph, {&parts.function.d1, 1}, 1),
      d2_(parts.graph, {&parts.function.d2, 1}, 1),
      shape_(parts.shape) {}

void RealFunction::evaluate(const Program& program, std::span<const double> x, std::span<double> out) {
  const double* input = x.data();
  double* output = out.data();
  program.evaluate({&input, 1}, {&output, 1}, out.size());
}

}  // namespace sgdyn::symbolic
