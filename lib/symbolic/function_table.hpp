// The functions a formula may call.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "sgdyn/symbolic/syntax.hpp"

namespace sgdyn::symbolic {

struct FunctionInfo {
  std::string_view name;
  Function function;
  std::size_t least;  ///< arguments
  std::size_t most;
};

inline constexpr std::size_t many = max_formula_length;

/// The first name of a function is the one it is printed with.
inline constexpr std::array<FunctionInfo, 20> function_table{{{"exp", Function::exp, 1, 1},
                                                              {"log", Function::log, 1, 1},
                                                              {"ln", Function::log, 1, 1},
                                                              {"log1p", Function::log1p, 1, 1},
                                                              {"expm1", Function::expm1, 1, 1},
                                                              {"sqrt", Function::square_root, 1, 1},
                                                              {"abs", Function::absolute, 1, 1},
                                                              {"max", Function::maximum, 2, many},
                                                              {"min", Function::minimum, 2, many},
                                                              {"sin", Function::sine, 1, 1},
                                                              {"cos", Function::cosine, 1, 1},
                                                              {"tanh", Function::tanh, 1, 1},
                                                              {"erf", Function::erf, 1, 1},
                                                              {"erfc", Function::erfc, 1, 1},
                                                              {"step", Function::step, 1, 1},
                                                              {"sign", Function::sign, 1, 1},
                                                              {"softplus", Function::softplus, 1, 1},
                                                              {"sigmoid", Function::sigmoid, 1, 1},
                                                              {"logistic", Function::sigmoid, 1, 1},
                                                              {"piecewise", Function::piecewise, 3, many}}};

}  // namespace sgdyn::symbolic
