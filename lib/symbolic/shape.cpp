#include "sgdyn/symbolic/shape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/symbolic/derivative.hpp"
#include "sgdyn/symbolic/roots.hpp"

namespace sgdyn::symbolic {
namespace {

/// What is evaluated at a point: the function, two derivatives, and the magnitudes that bound their rounding.
struct Sample {
  double value;
  double d1;
  double d2;
  double value_size;
  double d1_size;
  double d2_size;

  [[nodiscard]] bool finite() const { return std::isfinite(value) && std::isfinite(d1); }
  [[nodiscard]] double largest() const { return std::max(std::fabs(value), std::fabs(d1)); }
};

/// The values of f at distances 2^-20, 2^-30, 2^-40 from a point, on one side or as a difference of both.
using Approach = std::array<double, 3>;
constexpr std::array<int, 3> approach_exponents{-20, -30, -40};

/// The limit does not exist: the steps do not shrink, as those of a logarithm or pole.
bool diverges(const Approach& f, double size) {
  const double first = std::fabs(f[0] - f[1]);
  const double second = std::fabs(f[1] - f[2]);
  return second > 0.6 * first && second > 1e-11 * size;
}

/// The difference of both sides does not vanish.
bool jumps(const Approach& difference, double size) {
  return std::fabs(difference[2]) > 0.5 * std::fabs(difference[0]) && std::fabs(difference[2]) > 1e-10 * size;
}

std::vector<double> positive_grid() {
  std::vector<double> grid;
  for (double x = 1e-12; x < 1.0 / 64; x *= 1.3) grid.push_back(x);
  for (int i = 1; i <= 32 * 64; ++i) grid.push_back(i / 64.0);
  for (double x = 32.0 * 1.01; x < scan_range; x *= 1.01) grid.push_back(x);
  grid.push_back(scan_range);
  return grid;
}

std::vector<double> symmetric_grid() {
  const std::vector<double> positive = positive_grid();
  std::vector<double> grid(positive.size());
  std::transform(positive.begin(), positive.end(), grid.rbegin(), [](double x) { return -x; });
  grid.push_back(0.0);
  grid.insert(grid.end(), positive.begin(), positive.end());
  return grid;
}

/// What must not vanish unnoticed: arguments of switches, denominators, logarithms, roots.
std::vector<NodeId> critical_arguments(Graph& graph, const FunctionOfOne& function) {
  const std::array<NodeId, 2> outputs{function.value, function.d1};
  std::vector<NodeId> result;
  for (const NodeId id : reachable(graph, outputs)) {
    const Node node = graph[id];
    switch (node.operation) {
      case Operation::maximum: result.push_back(graph.difference(node.operands[0], node.operands[1])); break;
      case Operation::log1p: result.push_back(graph.sum({node.operands[0]}, 1.0)); break;
      case Operation::power: {
        const bool constant = graph.is_constant(node.operands[1]);
        const double exponent = graph[node.operands[1]].value;
        if (!constant || exponent < 0.0 || std::floor(exponent) != exponent) result.push_back(node.operands[0]);
        break;
      }
      case Operation::select:
      case Operation::step:
      case Operation::sign:
      case Operation::absolute:
      case Operation::log: result.push_back(node.operands[0]); break;
      default: break;
    }
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  std::erase_if(result, [&](NodeId id) { return graph.is_constant(id); });
  return result;
}

Program program(const Graph& graph, NodeId id) { return {graph, std::span<const NodeId>(&id, 1), 1}; }

std::vector<Switch> switches(Graph& graph, const std::vector<NodeId>& ids) {
  std::vector<Switch> result;
  result.reserve(ids.size());
  for (const NodeId id : ids) result.push_back({program(graph, id), program(graph, derivative(graph, id, 0))});
  return result;
}

class Examination {
 public:
  Examination(Graph& graph, const FunctionOfOne& function, const std::string& key)
      : key_(key),
        variable_(function.variable),
        criticals_(switches(graph, critical_arguments(graph, function))),
        program_(graph,
                 std::array<NodeId, 6>{function.value, function.d1, function.d2, magnitude(graph, function.value),
                                       magnitude(graph, function.d1), magnitude(graph, function.d2)},
                 1),
        grid_(symmetric_grid()) {}

  Shape run() {
    samples_ = at(grid_);
    const std::size_t origin = grid_.size() / 2;
    if (!samples_[origin].finite()) throw not_finite(0.0, samples_[origin]);
    const std::size_t last = edge(origin, 1);
    const std::size_t first = edge(origin, -1);
    reaches_end_ = last + 1 == grid_.size();
    cut(first, last);
    roots_ = roots_of(criticals_, grid_, key_);
    for (const double root : roots_) examine_root(root);
    for (const Sample& sample : samples_) examine_curvature(sample);
    for (std::size_t i = 1; i < roots_.size(); ++i) examine_curvature(at(std::midpoint(roots_[i - 1], roots_[i])));
    shape_.flat_beyond = flat_beyond();
    return shape_;
  }

 private:
  [[nodiscard]] std::vector<Sample> at(const std::vector<double>& x) const {
    std::array<std::vector<double>, 6> columns;
    std::array<double*, 6> outputs{};
    for (std::size_t j = 0; j < columns.size(); ++j) {
      columns[j].resize(x.size());
      outputs[j] = columns[j].data();
    }
    const double* input = x.data();
    program_.evaluate({&input, 1}, outputs, x.size());
    std::vector<Sample> result;
    result.reserve(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      result.push_back({columns[0][i], columns[1][i], columns[2][i], columns[3][i], columns[4][i], columns[5][i]});
    }
    return result;
  }
  [[nodiscard]] Sample at(double x) const { return at(std::vector<double>{x}).front(); }

  [[nodiscard]] std::string place(double x) const { return variable_ + " = " + shortest(x); }

  [[nodiscard]] InputError not_finite(double x, const Sample& sample) const {
    const std::string what = std::isfinite(sample.value) ? "the slope of the formula" : "the formula";
    return {key_, what + " is not finite at " + place(x) +
                      "; allowed is a formula that is finite, and has a finite "
                      "slope, for every finite " +
                      variable_};
  }

  /// The last grid point, going from `origin` in `direction`, before the function ends or overflows.
  [[nodiscard]] std::size_t edge(std::size_t origin, int direction) const {
    std::size_t i = origin;
    const std::size_t end = direction > 0 ? grid_.size() - 1 : 0;
    while (i != end) {
      const std::size_t next = direction > 0 ? i + 1 : i - 1;
      if (!samples_[next].finite()) {
        require_overflow(grid_[i], grid_[next]);
        break;
      }
      i = next;
    }
    return i;
  }

  /// Refuses an end of the finite range that is not an overflow far away.
  void require_overflow(double inside, double outside) const {
    constexpr double least = 10.0;
    constexpr double huge = 1e100;
    for (int i = 0; i < 100; ++i) {
      const double middle = std::midpoint(inside, outside);
      (at(middle).finite() ? inside : outside) = middle;
    }
    if (std::fabs(outside) < least || at(inside).largest() < huge) throw not_finite(outside, at(outside));
  }

  void cut(std::size_t first, std::size_t last) {
    const auto a = static_cast<std::ptrdiff_t>(first);
    const auto b = static_cast<std::ptrdiff_t>(last) + 1;
    grid_ = std::vector<double>(grid_.begin() + a, grid_.begin() + b);
    samples_ = std::vector<Sample>(samples_.begin() + a, samples_.begin() + b);
  }

  void examine_curvature(const Sample& sample) {
    if (sample.d2 < -1e-12 * sample.d2_size) shape_.convex = false;
  }

  void examine_root(double root) {
    const Sample here = at(root);
    if (!here.finite()) throw not_finite(root, here);
    std::array<Sample, 3> left{};
    std::array<Sample, 3> right{};
    for (std::size_t k = 0; k < 3; ++k) {
      const double distance = std::ldexp(std::max(1.0, std::fabs(root)), approach_exponents[k]);
      left[k] = at(root - distance);
      right[k] = at(root + distance);
      if (!left[k].finite()) throw not_finite(root - distance, left[k]);
      if (!right[k].finite()) throw not_finite(root + distance, right[k]);
    }
    require_limits(root, left);
    require_limits(root, right);
    Approach value{};
    Approach slope{};
    for (std::size_t k = 0; k < 3; ++k) {
      value[k] = right[k].value - left[k].value;
      slope[k] = right[k].d1 - left[k].d1;
    }
    if (jumps(value, std::max(left[2].value_size, right[2].value_size))) {
      throw InputError(key_, "the formula jumps at " + place(root) + "; allowed is a continuous formula");
    }
    if (!jumps(slope, std::max(left[2].d1_size, right[2].d1_size))) return;
    shape_.smooth = false;
    if (slope[2] < 0.0) shape_.convex = false;
  }

  void require_limits(double root, const std::array<Sample, 3>& side) const {
    Sample infinite = side[2];
    if (diverges({side[0].value, side[1].value, side[2].value}, side[2].value_size)) {
      infinite.value = HUGE_VAL;
      throw not_finite(root, infinite);
    }
    if (diverges({side[0].d1, side[1].d1, side[2].d1}, side[2].d1_size)) throw not_finite(root, infinite);
  }

  /// Some of the slopes at small distances from root i is not zero, on this side of the next root.
  [[nodiscard]] bool moves(std::size_t i, int direction) const {
    constexpr std::array<int, 4> exponents{-40, -20, -10, -5};
    const double x = roots_[i];
    const bool alone = direction > 0 ? i + 1 == roots_.size() : i == 0;
    const double other = alone ? direction * HUGE_VAL : roots_[direction > 0 ? i + 1 : i - 1];
    return std::any_of(exponents.begin(), exponents.end(), [&](int exponent) {
      const double distance = std::ldexp(std::max(1.0, std::fabs(x)), exponent);
      return distance < std::fabs(other - x) && at(x + direction * distance).d1 != 0.0;
    });
  }

  [[nodiscard]] std::optional<double> flat_beyond() const {
    if (!reaches_end_) return std::nullopt;
    for (std::size_t i = roots_.size(); i-- > 0;) {
      const double root = roots_[i];
      if (!moves(i, -1)) continue;
      const auto beyond = std::upper_bound(grid_.begin(), grid_.end(), root) - grid_.begin();
      const bool flat =
          std::all_of(samples_.begin() + beyond, samples_.end(), [](const Sample& sample) { return sample.d1 == 0.0; });
      return flat && !moves(i, 1) ? std::optional<double>(root) : std::nullopt;
    }
    return std::nullopt;
  }

  const std::string& key_;
  std::string variable_;
  std::vector<Switch> criticals_;
  Program program_;
  std::vector<double> grid_;
  std::vector<Sample> samples_;
  std::vector<double> roots_;
  bool reaches_end_ = true;
  Shape shape_;
};

}  // namespace

Shape examine(Graph& graph, const FunctionOfOne& function, const std::string& key) {
  return Examination(graph, function, key).run();
}

}  // namespace sgdyn::symbolic
