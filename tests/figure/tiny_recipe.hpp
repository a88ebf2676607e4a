// A recipe that takes a fraction of a second.
#pragma once

#include <string>

namespace sgdyn::testing_support {

inline std::string tiny_recipe() {
  return R"(title = "A small figure"
source = "nobody"
sentence = "It shows how a recipe looks."
choices = ["everything"]
[data]
model = "two-clusters"
alpha = 2.0
noise = 0.5
[loss]
name = "squared-hinge"
ridge = 0.5
[algorithm]
name = "sgd"
learning_rate = 0.2
batch = 0.3
steps = 8
[quick]
samples = 512
dimension = 40
runs = 8
resolution = 0.5
[full]
samples = 1024
dimension = [40, 80]
runs = 16
[[sweep]]
name = "b"
vary = "algorithm.batch"
values = [0.2, 0.4, 0.8]
[[sweep]]
name = "gd"
label = "gradient descent"
settings = ["algorithm.batch=1"]
[[panel]]
title = "Overlap over time"
plot = "series"
sweep = ["b", "gd"]
observable = "overlap"
[[panel]]
title = "Overlap at the end"
plot = "sweep"
sweep = "b"
quantity = "final overlap"
[[claim]]
text = "Larger batches learn faster."
kind = "increasing"
sweep = "b"
quantity = "overlap at 0.8"
[[claim]]
text = "Theory and simulation agree."
kind = "agrees"
sweep = "b"
series = "overlap"
)";
}

/// A text with the first `from` replaced.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

inline std::string tiny_recipe_with(const std::string& from, const std::string& to) {
  return replaced(tiny_recipe(), from, to);
}

}  // namespace sgdyn::testing_support
