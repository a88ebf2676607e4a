// The smallest complete problem file, ten lines: tests append to it.
#pragma once

namespace sgdyn::testing_support {

inline constexpr const char* smallest_problem = R"([data]
model = "two-clusters"
alpha = 2.0
noise = 0.5
[loss]
name = "logistic"
[algorithm]
name = "gd"
learning_rate = 0.2
steps = 300
)";

}  // namespace sgdyn::testing_support
