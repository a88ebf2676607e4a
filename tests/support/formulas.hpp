// The losses that are built in, written as formulas.
#pragma once

#include <array>
#include <ostream>

#include "sgdyn/core/parameters.hpp"

namespace sgdyn::testing_support {

inline Component formula_loss(const char* formula) { return {"formula", {}, {{"formula", formula}}}; }

struct BuiltIn {
  const char* name;
  const char* formula;  ///< margin 1
};

inline void PrintTo(const BuiltIn& loss, std::ostream* out) { *out << loss.name; }

inline constexpr std::array<BuiltIn, 4> built_in_losses{{{"square", "(1-h)^2/2"},
                                                         {"logistic", "log(1+exp(-h))"},
                                                         {"hinge", "max(0,1-h)"},
                                                         {"squared-hinge", "max(0,1-h)^2/2"}}};

}  // namespace sgdyn::testing_support
