#include "sgdyn/model/data_model.hpp"

#include <array>
#include <cstddef>

namespace sgdyn {

bool margin_is_linear(const DataModel& model) {
  constexpr std::array<double, 4> y{1.0, -1.0, 1.0, -1.0};
  constexpr std::array<double, 4> r{-2.0, 0.5, 0.25, 3.0};
  std::array<double, 4> h{};
  std::array<double, 4> first{};
  std::array<double, 4> second{};
  model.margin(y, r, h);
  model.margin_derivatives(y, r, first, second);
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (h[i] != y[i] * r[i] || first[i] != y[i] || second[i] != 0.0) return false;
  }
  return true;
}

}  // namespace sgdyn
