// Problems about the minimiser, in one line each.
#pragma once

#include <ostream>
#include <string>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/core/problem.hpp"

namespace sgdyn::replica_tests {

/// Everything a fixed point depends on.
struct Case {
  std::string loss = "logistic";  ///< a name, or "formula" with `formula` below
  double alpha = 2.0;
  double noise = 0.5;
  double ridge = 0.1;
  double fraction = 0.5;
  bool intercept = false;
  double margin = 1.0;  ///< of hinge and squared hinge
  bool perceptron = false;
  double chi = 0.0;
  std::string formula = "";
};

inline Problem problem(const Case& q) {
  Problem p;
  p.question = Question::minimiser;
  p.data = {.model = {"two-clusters", {{"fraction", q.fraction}}}, .alpha = q.alpha, .noise = q.noise};
  if (q.perceptron) p.data.model = {"perceptron", {{"chi", q.chi}}};
  p.loss = {.loss = {q.loss, {}}, .ridge = q.ridge};
  if (q.intercept) p.loss.intercept = Intercept::optimal;
  if (q.loss == "hinge" || q.loss == "squared-hinge") p.loss.loss.parameters["margin"] = q.margin;
  if (q.loss == "formula") p.loss.loss.texts["formula"] = q.formula;
  return p;
}

inline std::ostream& operator<<(std::ostream& out, const Case& q) {
  out << q.loss << " " << q.formula << (q.perceptron ? " perceptron chi=" + shortest(q.chi) : "")
      << " alpha=" << shortest(q.alpha) << " Delta=" << shortest(q.noise) << " lambda=" << shortest(q.ridge)
      << " rho=" << shortest(q.fraction) << (q.intercept ? " intercept" : "");
  return out;
}

}  // namespace sgdyn::replica_tests
